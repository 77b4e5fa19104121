// A thread with a PGlite behind a loopback socket. Plain JavaScript, so that it starts from the source folder as well.
// Says { port } once it answers, { failure } where it cannot; any message asks it to close.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

try {
  const db = await open(workerData.folder)
  // One connection, which the server holds as long as it runs: nobody else on this machine gets in beside it.
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 1 })
  await server.start()
  parentPort.once('message', async () => {
    await server.stop()
    await db.close()
    parentPort.close()
  })
  parentPort.postMessage({ port: Number(server.getServerConn().split(':').at(-1)) })
} catch (error) {
  // Some of what the WebAssembly throws is no Error.
  parentPort.postMessage({ failure: error instanceof Error ? error.message : 'its files cannot be read' })
  parentPort.close()
}

/** A new database is made aside and then moved: one whose making was interrupted is made again, not taken for damaged. */
async function open(folder) {
  if (!existsSync(folder)) {
    const unfinished = `${folder}.new`
    rmSync(unfinished, { recursive: true, force: true })
    const db = await PGlite.create({ dataDir: unfinished })
    await db.close()
    renameSync(unfinished, folder)
  }
  return PGlite.create({ dataDir: folder })
}
