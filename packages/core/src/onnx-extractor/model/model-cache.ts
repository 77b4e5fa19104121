import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where models are kept unless `cacheFolder` says otherwise. `pullModel` writes there and extractors look
 * there, so it depends on the user's home alone and never on variables that one of the two might not see:
 * `~/.cache/image-recommender/models` (Linux and others), `~/Library/Caches/image-recommender/models` (macOS),
 * `~\AppData\Local\image-recommender\models` (Windows). Who has moved `XDG_CACHE_HOME` or `%LOCALAPPDATA%` hands the
 * folder to both as `cacheFolder`.
 */
export function modelCacheFolder(): string {
  return join(homedir(), ...cacheOf(process.platform), 'image-recommender', 'models')
}

function cacheOf(platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return ['Library', 'Caches']
  if (platform === 'win32') return ['AppData', 'Local']
  return ['.cache']
}

/** Where the file of the model `name` is kept, whether it is there or not. */
export function cachedModelPath(name: string, cacheFolder: string | undefined): string {
  return join(resolve(cacheFolder ?? modelCacheFolder()), `${name}.onnx`)
}
