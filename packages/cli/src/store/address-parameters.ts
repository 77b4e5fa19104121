/** Takes parameters out of an address that are meant for the store and not for its client. */
export function takeParameters<Name extends string>(
  address: string,
  names: readonly Name[],
): { readonly address: string; readonly parameters: { readonly [N in Name]?: string } } {
  const parameters: { [N in Name]?: string } = {}
  if (!URL.canParse(address)) return { address, parameters }
  const url = new URL(address)
  for (const name of names) {
    const value = url.searchParams.get(name)
    if (value === null) continue
    parameters[name] = value
    url.searchParams.delete(name)
  }
  // As it was given, where nothing was taken: who parses it next may have rules of its own.
  return { address: Object.keys(parameters).length === 0 ? address : url.href, parameters }
}
