/** Images that the page has seen, so that one that is clicked is there at once. */
const images = new Map()

export function keepImages(several) {
  for (const { id, width, height, objects, file, thumbnail } of several) {
    images.set(id, { id, width, height, objects, file, thumbnail })
  }
}

export const knownImage = (id) => images.get(id)
