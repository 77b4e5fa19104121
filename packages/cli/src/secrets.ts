/** The address of a server as it may be shown: no password, and none of the parameters, which may hold one, too. */
export function shownAddress(address: string): string {
  const url = parsed(address)
  if (!url) return `${address.split('://', 1)[0]}://…`
  const user = url.username === '' && url.password === '' ? '' : `${url.username}${url.password === '' ? '' : ':***'}@`
  return `${url.protocol}//${user}${url.host}${url.pathname}`
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
  return [url.password, decoded(url.password), ...parameters].filter((secret) => secret.length > 3)
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
