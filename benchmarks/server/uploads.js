import { scenes } from '../extraction/setting.js'

const AT_ONCE = 3

/** Uploads images without pause until it is told to stop. @returns how many were described */
export async function uploadWithoutPause(url, signal) {
  const pictures = await scenes(100)
  let described = 0
  const uploader = async (first) => {
    for (let at = first; !signal.aborted; at += AT_ONCE) {
      const form = new FormData()
      // With bytes of their own, as no image comes twice.
      const unique = Buffer.from(`${at} ${process.hrtime.bigint()}`)
      form.append('file_to_upload', new Blob([pictures[at % pictures.length], unique]), 'scene.webp')
      const response = await fetch(`${url}/upload_file`, { method: 'POST', body: form })
      if (!response.ok) throw new Error(await response.text())
      await response.arrayBuffer()
      described += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => uploader(first)))
  return described
}
