/** `npm run test:engines [-- VITEST OPTIONS]`: the adapters on the supported engines that `npm test` leaves out. */
process.env.TEST_ENGINES = 'others'
process.env.TEST_PROJECTS = 'tests,long,holders'
// Those with servers of their own are the same whatever engines there are.
const alone = ['failover', 'resharding', 'persistence', 'server-loss', 'kept'].map(
  (name) => `--exclude=**/${name}{,.long}.test.ts`,
)
process.argv.splice(
  2,
  0,
  ...alone,
  'packages/store-postgres',
  'packages/store-redis',
  'tests/many-processes/two-processes.test.ts',
)
await import('./test.js')
