import { z } from 'zod'

/** What a contract is called in `space.id`. */
export const contractName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')

/** Of an input or output of a graph. */
export const valueName = z.string().min(1)
