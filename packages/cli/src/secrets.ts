/** The address of a server as it may be shown: no password, and none of the parameters, which may hold one, too. */
export function shownAddress(address: string): string {
  const url = parsed(address)
  if (!url) return `${address.split('://', 1)[0]}://…`
  return `${url.protocol}//${userOf(url)}${url.host}${url.pathname}`
}

function userOf({ protocol, username, password }: URL): string {
  if (password !== '') return `${username}:***@`
  if (username === '') return ''
  // Redis has had passwords for longer than users: who writes one of them alone may mean either.
  return protocol.startsWith('redis') ? '***@' : `${username}@`
}

/** Whoever prints an error of a database's client does not know what it quotes. */
export function withoutSecrets(text: string, address: string | undefined): string {
  if (address === undefined) return text
  let safe = text.replaceAll(address, shownAddress(address)).replaceAll(/(\/\/[^\s/:@]*):\S+@/g, '$1:***@')
  for (const secret of secretsOf(address)) safe = safe.replaceAll(secret, '***')
  return safe
}

function secretsOf(address: string): string[] {
  const url = parsed(address)
  if (!url) return []
  const parameters = [...url.searchParams].filter(([name]) => /pass|secret|token/i.test(name)).map(([, value]) => value)
  // What is as short as this could be anywhere in a text, and crossing it out would tell it.
  const alone = url.protocol.startsWith('redis') && url.password === '' ? [url.username] : []
  return [url.password, decoded(url.password), ...alone, ...parameters].filter((secret) => secret.length > 3)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address)
  } catch {
    return undefined
  }
}
