import { scenes } from '../../extraction/setting.js'
import { Random } from '../../search/vectors/random.js'

/** For similar images of anybody. */
export function searches(images) {
  const random = new Random(5)
  return { next: () => ({ path: `/get_similar/image-${random.below(images)}.jpg` }) }
}

/** Uploads of drawn scenes. */
export async function uploads() {
  const pictures = await scenes(100)
  const boundary = 'the-bench-draws-a-line'
  const head = Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="file_to_upload"; filename="scene.webp"\r\ncontent-type: image/webp\r\n\r\n`,
  )
  let at = 0
  return {
    next() {
      at += 1
      // With bytes of their own, as no image comes twice.
      const tail = Buffer.from(`${at} ${process.hrtime.bigint()}\r\n--${boundary}--\r\n`)
      const body = Buffer.concat([head, pictures[at % pictures.length], tail])
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length }
      return { path: '/upload_file', method: 'POST', headers, body }
    },
  }
}
