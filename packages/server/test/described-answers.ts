import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenAPIV3_1 } from 'openapi-types'

export interface Answer {
  readonly method: string
  /** As it was asked for, with its query. */
  readonly url: string
  readonly status: number
  readonly contentType: string | undefined
  readonly body: string
}

/** What any request may meet before it comes to its route, or whatever its route: the guard, and what goes wrong on the server itself. */
const EVERYWHERE = [403, 421, 500]

/** Checks answers against the OpenAPI document of the app that gives them. Addresses that are not in the document are none of its business. */
export function describedAnswers(document: OpenAPIV3_1.Document): (answer: Answer) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi')
  const paths = Object.keys(document.paths ?? {})
    .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
    // Where both fit, `/images/batch` is meant and not `/images/{id}`.
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)

  return function check({ method, url, status, contentType = '', body }) {
    const asked = url.split('?')[0]!
    const operations = paths.filter(({ pattern }) => pattern.test(asked))
    const found = operations
      .map(({ path }) => ({ path, operation: document.paths![path]![method.toLowerCase() as 'get'] }))
      .find(({ operation }) => operation !== undefined)
    if (found === undefined) return
    const said = `${method} ${url} answered ${status} ${contentType}`
    const pointer = ['paths', found.path, method.toLowerCase(), 'responses', `${status}`]
    const response = found.operation!.responses?.[status] as OpenAPIV3_1.ResponseObject | undefined
    if (response === undefined) {
      if (!EVERYWHERE.includes(status)) throw new Error(`${said}, which is not described`)
      validate('#/components/schemas/Error')
      return
    }
    const ranges = Object.keys(response.content ?? {})
    if (ranges.length === 0) {
      if (body !== '') throw new Error(`${said} with a body, which is not described: ${body}`)
      return
    }
    const range = ranges.find((range) => contentType.startsWith(range.replace('*', '')))
    if (range === undefined) throw new Error(`${said}; described is ${ranges.join(', ')}`)
    if (range === 'application/json') validate(`#/${[...pointer, 'content', range, 'schema'].map(escaped).join('/')}`)

    function validate(place: string): void {
      const schema = ajv.getSchema(`openapi${place}`)
      if (schema === undefined) throw new Error(`There is nothing at ${place}`)
      if (schema(JSON.parse(body))) return
      throw new Error(`${said}, which is not as described: ${ajv.errorsText(schema.errors)}\n${body}`)
    }
  }
}

/** A name as part of a JSON pointer in an address. */
function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}
