import { stat } from 'node:fs/promises'
import { imageKindOfName, type Photo } from '@image-recommender/server'
import { imageFilesIn } from '../ingest/image-files.ts'

/** The images of a folder that browsers can show, under the ids that `ingest` gives them. @throws CommandError `FOLDER_NOT_FOUND` */
export async function photosIn(folder: string, except: string, signal: AbortSignal): Promise<Photo[]> {
  const { files } = await imageFilesIn(folder, except, signal)
  const photos: Photo[] = []
  for (const { id, path } of files) {
    if (imageKindOfName(id) === undefined) continue
    const { size, mtimeMs } = await stat(path)
    photos.push({ name: id, path, bytes: size, modified: Math.trunc(mtimeMs) })
  }
  return photos
}
