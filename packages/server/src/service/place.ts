export interface Place {
  readonly host: string
  readonly port: number
}

/** The address to open in a browser. */
export function urlOf({ host, port }: Place): string {
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/`
}
