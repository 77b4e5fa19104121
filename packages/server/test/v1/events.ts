export interface ServerEvent {
  readonly event: string
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what is tested
  readonly data: any
}

/** The events of a stream as they come in. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const whole = text.split('\n\n')
    text = whole.pop()!
    for (const one of whole) yield eventIn(one)
  }
  if (text !== '') throw new Error(`The stream ends within an event: ${text}`)
}

/** The events of a whole body. */
export function eventsIn(body: string): ServerEvent[] {
  return body.split('\n\n').slice(0, -1).map(eventIn)
}

function eventIn(text: string): ServerEvent {
  const [, event, data] = /^event: (\w+)\ndata: (.+)$/.exec(text) ?? []
  if (event === undefined) throw new Error(`That is no event: ${text}`)
  return { event, data: JSON.parse(data!) }
}
