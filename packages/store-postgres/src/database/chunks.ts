/** The ids in chunks of at most `most`. */
export function* idChunks(ids: readonly string[], most: number): Generator<string[]> {
  for (let at = 0; at < ids.length; at += most) yield ids.slice(at, at + most)
}
