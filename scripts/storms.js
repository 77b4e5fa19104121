/**
 * `npm run storms [-- VITEST OPTIONS]`: many processes over each real store, most of which are killed, start at the same moment, or lose the
 * connection by which they hear of one another. `STORM_KILLS` says how many are killed over each store; `STORM_SEED`, which a run prints, repeats it.
 */
process.env.STORM_KILLS ??= '45'
process.env.TEST_ENGINES = 'all'
process.env.TEST_PROJECTS = 'long'
process.argv.splice(2, 0, 'tests/many-processes/')
await import('./test.js')
