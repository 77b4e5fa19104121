/**
 * `npm run storms [-- VITEST OPTIONS]`: many processes over each real store: most of them are killed, start at once, or lose what they hear by. `STORM_KILLS` says how many over
 * each, `STORM_SEED` goes back to what a run has printed.
 */
process.env.STORM_KILLS ??= '45'
process.env.TEST_ENGINES = 'all'
process.env.TEST_PROJECTS = 'long'
process.argv.splice(2, 0, 'tests/many-processes/')
await import('./test.js')
