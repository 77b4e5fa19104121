import type { AxisCondition, Conditions, Filter } from '../../../src/similarity-index.ts'
import type { AxisPlan, FilterPlan } from './steps.ts'

/** Ids that are numbers, nearly numbers, or none; of one byte a character, of more, and of many. */
const WORDS = [
  ...['0', '1', '9', '10', '00', '2147483647', '2147483648', '9007199254740993', '123456789012345678901234567890'],
  ...[
    '-1',
    '1.5',
    '1e3',
    ' ',
    'a',
    'Z',
    'ä',
    'é',
    'e\u0301',
    '\uffff',
    '\u{10000}',
    '😀',
    '😀b',
    '__proto__',
    "o'hara",
  ],
  ...['x'.repeat(300), `${'x'.repeat(300)}y`, '😀'.repeat(70), '\ufeffmark', '\0', 'image-1', 'image-10'],
]

/** What the numbers in a step stand for. */
export class World {
  constructor(
    readonly dimensions: number,
    readonly vectors: readonly Float32Array[],
  ) {}

  vector(number: number): Float32Array {
    return this.vectors[number % this.vectors.length]!
  }

  id(number: number): string {
    return WORDS[number] ?? String(number ** 3)
  }

  /** Ids of entries that come and go by the hundred. */
  loadedIds(first: number, count: number): string[] {
    return Array.from({ length: count }, (_, at) => (at % 3 === 0 ? `loaded/${first + at}` : String(1000 + first + at)))
  }

  filter({ axes, tags, exclude }: FilterPlan): Filter {
    const axisConditions = ({ all, any, none }: Conditions<AxisPlan>): Conditions<AxisCondition> => ({
      all: all?.map((plan) => this.#condition(plan)),
      any: any?.map((plan) => this.#condition(plan)),
      none: none?.map((plan) => this.#condition(plan)),
    })
    return { axes: axisConditions(axes), tags, exclude: exclude.map((number) => this.id(number)) }
  }

  #condition({ axis: number, atLeast }: AxisPlan): AxisCondition {
    const axis = number % this.dimensions
    return { axis, atLeast: typeof atLeast === 'object' ? Math.max(0, this.vector(atLeast.of)[axis]!) : atLeast }
  }
}
