/**
 * A text as it may be shown, whatever it quotes of the addresses of servers: without what is in front of an "@", where a password
 * may have any characters, and without the values of parameters that are called like one.
 */
export function withoutPasswords(text: string): string {
  return text.replace(/\/\/\S*@/g, '//…@').replace(/(\b\w*(?:pass|secret|token)\w*\s?=\s?)(?:'[^']*'|[^\s&]*)/gi, '$1…')
}
