/**
 * `npm run test:long [-- VITEST OPTIONS]`: the tests in `*.long.test.ts`, which `npm test` leaves out, and those that it shortens. Storms, fuzzing and
 * soak have their own commands.
 */
process.env.TEST_PROJECTS = 'long'
process.argv.splice(2, 0, ...['many-processes', 'fuzz', 'soak'].map((folder) => `--exclude=tests/${folder}/**`))
await import('./test.js')
