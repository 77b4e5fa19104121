import type { DetectedObject, FeatureSpace } from '../feature-extractor.ts'
import type { ImageRecord } from '../image-store.ts'
import { presentObjects } from '../object-vector.ts'
import type { AxisCondition, Filter } from '../similarity-index.ts'
import { isInSpace } from './in-space.ts'
import type { DescribedImage, NamedObject, ObjectCondition, Where } from './recommender.ts'

/** Between the names that the façade speaks and the axis numbers that its parts know. */
export class AxisNames<Axis extends string> {
  readonly #space: FeatureSpace<Axis>
  readonly #axisOf: ReadonlyMap<string, number>

  constructor(space: FeatureSpace<Axis>) {
    this.#space = space
    this.#axisOf = new Map(space.axes.map((name, axis) => [name, axis]))
  }

  nameOf(axis: number): Axis {
    return this.#space.axes[axis]!
  }

  /** The objects that count as present, under their names, best first. */
  present(objects: readonly DetectedObject[]): NamedObject<Axis>[] {
    return presentObjects(objects, this.#space).map(({ axis, score, box, color }) => ({
      object: this.nameOf(axis),
      score,
      box,
      color,
    }))
  }

  /** An image as it is told to callers. */
  described(record: ImageRecord): DescribedImage<Axis> {
    const { id, width, height, tags, metadata } = record
    // The axis numbers of another space would get the wrong names here.
    const isNamed = isInSpace(record, this.#space.id, this.#space.axes.length)
    return { id, objects: isNamed ? this.present(record.objects) : [], width, height, tags, metadata }
  }

  /** Named weights as a vector. Names must be of this space. */
  vectorOf(weights: { readonly [object: string]: number | undefined }): Float32Array {
    const vector = new Float32Array(this.#space.axes.length)
    for (const [object, weight] of Object.entries(weights)) vector[this.#axisOf.get(object)!] = weight ?? 0
    return vector
  }

  filterOf({ objects, tags, exclude }: Where<Axis>): Filter {
    const conditions = (list: readonly ObjectCondition<Axis>[] | undefined) =>
      list?.map((one) => this.#conditionOf(one))
    return {
      ...(objects && {
        axes: { all: conditions(objects.all), any: conditions(objects.any), none: conditions(objects.none) },
      }),
      ...(tags && { tags }),
      ...(exclude && { exclude }),
    }
  }

  #conditionOf(condition: ObjectCondition<Axis>): AxisCondition {
    if (typeof condition === 'string') return { axis: this.#axisOf.get(condition)! }
    const { object, atLeast } = condition
    // Scores are kept as float32; what is compared with them must be, too, or 0.9 would not be at least 0.9.
    return { axis: this.#axisOf.get(object)!, atLeast: atLeast === undefined ? undefined : Math.fround(atLeast) }
  }
}
