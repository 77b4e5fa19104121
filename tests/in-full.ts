/**
 * Whether a test does all that it can: in `npm run test:long`. In `npm test` it does a part of it, which takes a second or two. Files
 * that ask for it are run by both.
 */
export const inFull = process.env.TEST_EXTENT === 'full'
