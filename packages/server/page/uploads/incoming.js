/**
 * Every way in which images come to the page: dropped anywhere, pasted, chosen, or photographed.
 *
 * @param {(files: File[]) => void} receive
 */
export function listenForImages(receive) {
  const curtain = document.querySelector('.curtain')
  // Images of the page itself can be dragged too; they are here already.
  let ownDrag = false
  const carriesFiles = (event) => !ownDrag && event.dataTransfer?.types.includes('Files')
  const show = (visible) => curtain.classList.toggle('open', visible)

  addEventListener('dragstart', () => {
    ownDrag = true
  })
  addEventListener('dragend', () => {
    ownDrag = false
  })
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    show(true)
  })
  addEventListener('dragleave', (event) => {
    // Only leaving the window has no element that is entered instead.
    if (event.relatedTarget === null) show(false)
  })
  addEventListener('drop', (event) => {
    show(false)
    if (!carriesFiles(event)) return
    event.preventDefault()
    const files = [...event.dataTransfer.files]
    if (files.length > 0) receive(files)
  })
  addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length > 0) receive(files)
  })
  addEventListener('change', ({ target }) => {
    if (!target.matches?.('input[data-choose]') || target.files.length === 0) return
    receive([...target.files])
    // Choosing the same file again is a change again.
    target.value = ''
  })
}
