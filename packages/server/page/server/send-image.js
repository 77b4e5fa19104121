import { errorOf, noAnswer, patiently } from './ask.js'

/**
 * Adds an image to the gallery.
 *
 * @param {File} file
 * @param {(share: number) => void} onProgress how much has been sent, 0..1; at 1 it is being looked at
 * @returns the image as the server describes it. @throws ApiError
 */
export function sendImage(file, onProgress) {
  return patiently(() => sendOnce(file, onProgress))
}

/** By XMLHttpRequest: fetch does not tell how much has been sent. */
function sendOnce(file, onProgress) {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    form.append('image', file)
    const request = new XMLHttpRequest()
    request.open('POST', '/v1/images')
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / Math.max(1, total)))
    request.upload.addEventListener('load', () => onProgress(1))
    request.addEventListener('error', () => reject(noAnswer()))
    request.addEventListener('load', () => {
      const { status, response } = request
      if (status >= 200 && status < 300 && response !== null) resolve(response)
      else reject(errorOf(status, (name) => request.getResponseHeader(name), response))
    })
    request.send(form)
  })
}
