import { it } from 'vitest'
import { describeWithServer, serverForSuite } from '../databases.ts'
import { storesBesideModel } from './beside-model.ts'

describeWithServer('two stores over one table, and lost acknowledgements', () => {
  const server = serverForSuite()
  it('do what a map does, 20 times', () => storesBesideModel(server, 20), 120_000)
})
