/** The body and the headers of a request, for `inject`. */
export interface Encoded {
  readonly payload: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** A form with one image, as browsers send it. */
export async function formWith(
  bytes: Uint8Array,
  { field = 'image', name = 'a.png', type = 'image/png', fields = {} as Fields } = {},
): Promise<Encoded> {
  const form = formOf(fields)
  form.append(field, new Blob([new Uint8Array(bytes)], { type }), name)
  return encoded(form)
}

/** Several values of a field are several fields. */
export type Fields = Readonly<Record<string, string | readonly string[]>>

export function formOf(fields: Fields): FormData {
  const form = new FormData()
  for (const [name, values] of Object.entries(fields)) for (const value of [values].flat()) form.append(name, value)
  return form
}

export async function encoded(form: FormData): Promise<Encoded> {
  const response = new Response(form)
  return {
    payload: Buffer.from(await response.arrayBuffer()),
    headers: { 'content-type': response.headers.get('content-type')! },
  }
}
