import { squaredColorDistance } from './color-point.ts'
import { type Look, OBJECT_COLOR, PER_OBJECT } from './look.ts'
import { createCounterparts, meanNearness, meet, meetNone } from './nearest-counterparts.ts'
import { DISTANCE_OF_UNKNOWN, UNKNOWN } from './nearness.ts'
import { Palettes } from './palettes.ts'

/** How much the palettes count; the objects' own colours are the rest. */
const PALETTE_SHARE = 0.6

/**
 * How alike images are to one image in their colours: 0.6 · palettes + 0.4 · objects. Two colours are alike by
 * exp(-½ (ΔE / 15)²), where ΔE is their distance in CIELAB (CIE 1976): it falls off
 * where colours get other names, and how far apart different ones are no longer matters.
 *
 * **Palettes**: see `Palettes`.
 *
 * **Objects**: each object of either image looks for the object of its class in the other whose colour is nearest; the mean of
 * how alike they are. Only classes that both images have are compared: a red bus and a green one, never a bus and a tree.
 *
 * Symmetric, 0..1; 1 for equal colours. Where something is unknown (no appearance, an empty palette, an object without a
 * colour), two unknowns count as equal, and one beside something known as 0.5. So do objects where no class is in both
 * images, unless neither has any. Of an image the first 32 objects and 8 colours count, which bounds the cost.
 */
export class Colors {
  readonly #palettes: Palettes
  readonly #objects: Look['objects']
  readonly #nearest = createCounterparts()

  /** @param query the image that others are compared with */
  constructor(query: Look) {
    this.#palettes = new Palettes(query.palette)
    this.#objects = query.objects
  }

  /** How alike another image is. Takes about two microseconds, 15 for a crowd, and keeps nothing. */
  likeness({ palette, objects }: Look): number {
    return PALETTE_SHARE * this.#palettes.likeness(palette) + (1 - PALETTE_SHARE) * this.#likenessOfObjects(objects)
  }

  #likenessOfObjects(others: Look['objects']): number {
    const objects = this.#objects
    const nearest = this.#nearest
    if (objects.length === 0 && others.length === 0) return 1
    const count = objects.length / PER_OBJECT
    const all = count + others.length / PER_OBJECT
    meetNone(nearest, all)
    for (let one = 0, at = 0; at < objects.length; one++, at += PER_OBJECT) {
      for (let other = count, there = 0; there < others.length; other++, there += PER_OBJECT) {
        if (objects[at] === others[there]) meet(nearest, one, other, squaredDistance(objects, at, others, there))
      }
    }
    return meanNearness(nearest, all, 0, UNKNOWN)
  }
}

/** Of the colours of two objects. */
function squaredDistance(one: Look['objects'], at: number, other: Look['objects'], there: number): number {
  const apart = squaredColorDistance(one, at + OBJECT_COLOR, other, there + OBJECT_COLOR)
  if (!Number.isNaN(apart)) return apart
  const areBothUnknown = Number.isNaN(one[at + OBJECT_COLOR]!) && Number.isNaN(other[there + OBJECT_COLOR]!)
  return areBothUnknown ? 0 : DISTANCE_OF_UNKNOWN
}
