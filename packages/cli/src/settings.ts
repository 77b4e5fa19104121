import { type Command, Option } from 'commander'

/** What every command takes, from the command line or, where it says nothing, from the environment. */
export interface Settings {
  /** An address that begins with `postgres://` or `redis://`, or a folder. */
  readonly store: string
  /** The name of a known model, or the path of an .onnx file. */
  readonly model: string
  /** The path of a JSON file, or the name of a preset. */
  readonly contract: string | undefined
  readonly modelCache: string | undefined
  readonly json: boolean
  readonly debug: boolean
}

const PREFIX = 'IMAGE_RECOMMENDER_'

export const DEFAULT_STORE = '.image-recommender'
const DEFAULT_MODEL = 'mask-rcnn-r50-fpn-12-int8'

export function addSettings(program: Command): void {
  // An empty variable is what `NAME= command` gives: it means "not set".
  for (const name of Object.keys(process.env))
    if (name.startsWith(PREFIX) && process.env[name] === '') delete process.env[name]

  const add = (flags: string, description: string, variable: string, value?: string) => {
    const option = new Option(flags, description).env(PREFIX + variable)
    program.addOption(value === undefined ? option : option.default(value))
  }
  add('--store <where>', 'a folder, postgres://… or redis://…', 'STORE', DEFAULT_STORE)
  add('--model <model>', 'a known model (see `models`), or the path of an .onnx file', 'MODEL', DEFAULT_MODEL)
  add('--contract <file>', 'JSON that says what the model takes and gives; or torchvision, zoo, zoo-faster', 'CONTRACT')
  add('--model-cache <folder>', 'where known models are kept', 'MODEL_CACHE')
  program.option('--json', 'print JSON, for programs')
  program.option('--progress', 'show the progress though stderr is no terminal')
  program.option('--no-progress', 'show none, though it is one')
  program.option('--debug', 'print the stack of an error')
}

export function settingsOf(command: Command): Settings {
  const { store, model, contract, modelCache, json = false, debug = false } = command.optsWithGlobals()
  return { store, model, contract, modelCache, json, debug }
}

/**
 * Whether an address was meant and something else was written: without its slashes, without its protocol, or as libpq has it. Taken for a
 * folder, it would be made, and shown with the password. A folder that is called so can be given as `./…`.
 */
export function isLikeAddress(store: string): boolean {
  const [name] = store.split('/', 1)
  const isNamed = /^(postgres(ql)?|rediss?):/i.test(store) || /^[^/]*:[^/]*@/.test(store) || /^\/\/.*@/.test(store)
  return !isAddress(store) && (isNamed || /\b(host|user|password|dbname)\s*=/i.test(name!))
}

/** Whether the store is a server, so that its address may hold a password. */
export function isAddress(store: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(store)
}
