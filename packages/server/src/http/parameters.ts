import { z } from 'zod'

/** A whole number from 1 to `most`, given as text. */
export function wholeNumber(most: number) {
  const message = `must be a whole number from 1 to ${most}`
  return z
    .string(message)
    .regex(/^[1-9]\d{0,8}$/, message)
    .transform(Number)
    .pipe(z.number().max(most, message))
}

/** A number from 0 to `most`, given as text. */
export function decimal(most: number) {
  const message = `must be a number from 0 to ${most}`
  return z
    .string(message)
    .regex(/^\d{1,3}(\.\d{1,6})?$/, message)
    .transform(Number)
    .pipe(z.number().max(most, message))
}

/** `true` or `false`, given as text. */
export function flag() {
  return z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')
}

/** A parameter that may be given once or several times. */
export function severalOf(most: number) {
  const one = z.string().min(1).max(512)
  return z
    .union([one, z.array(one).max(most)], `must be given at most ${most} times, each with 1 to 512 characters`)
    .transform((given) => (typeof given === 'string' ? [given] : given))
}
