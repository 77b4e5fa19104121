/** `npm run test:long [-- VITEST OPTIONS]`: the tests in `*.long.test.ts`, which `npm test` leaves out; the storms have their own command. */
process.env.TEST_PROJECTS = 'long'
process.argv.splice(2, 0, '--exclude=tests/many-processes/**')
await import('./test.js')
