/** How much is tried and from where it begins: `npm run fuzz -- --images 2000 --requests 2000 --seed 7`. */
const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise)

export const images = number('FUZZ_IMAGES', 2000)
export const requests = number('FUZZ_REQUESTS', 2000)
export const seed = number('FUZZ_SEED', Math.floor(Math.random() * 2 ** 31))
