import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { StartError, systemCode } from '@image-recommender/server/service'

/** What the file `.env` in `folder` sets; nothing where there is none. @throws StartError where it cannot be read */
export async function readEnvFile(folder: string): Promise<Record<string, string | undefined>> {
  const path = join(folder, '.env')
  try {
    return parseEnv(await readFile(path, 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {}
    throw new StartError(`${path} cannot be read (${systemCode(error)}).`)
  }
}
