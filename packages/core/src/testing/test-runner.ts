/** What the contract suites need of a test runner; those of vitest, Jest, Mocha and `node:test` fit. */
export interface TestRunner {
  describe(name: string, suite: () => void): unknown
  it(name: string, test: () => Promise<void>): unknown
}
