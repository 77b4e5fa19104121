/**
 * `npm run check:start`: clones the last commit into an empty folder, runs `npm start` there as a new user would, asks for similar images, and
 * stops it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './workspace.js'

const LIMIT_MINUTES = 8

const folder = mkdtempSync(join(tmpdir(), 'fresh-clone-'))
const port = await sparePort()
const cloned = spawnSync('git', ['clone', '--quiet', root, folder], { stdio: 'inherit' })
if (cloned.status !== 0) throw new Error('git clone failed')

const began = performance.now()
const server = spawn('npm', ['start'], {
  cwd: folder,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, PORT: String(port) },
  detached: true,
})
const stopped = new Promise((resolve) => server.once('exit', (code, signal) => resolve(code ?? signal)))

try {
  const gallery = await answered(`http://127.0.0.1:${port}/v1/sample?count=10`)
  console.log(`from \`npm start\` to an answer: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const times = []
  for (const { id } of gallery.images) {
    const asked = performance.now()
    const response = await fetch(`http://127.0.0.1:${port}/get_similar/${encodeURIComponent(id)}`)
    const { images } = await response.json()
    times.push(performance.now() - asked)
    if (!response.ok || images.length === 0 || images.length > 30)
      throw new Error(`get_similar answered ${response.status} with ${images?.length} images`)
  }
  times.sort((a, b) => a - b)
  console.log(
    `similar images: median ${times[times.length >> 1].toFixed(1)} ms, slowest ${times.at(-1).toFixed(1)} ms, of ${times.length}`,
  )
} finally {
  // The whole group: npm, and the server that it runs.
  if (server.exitCode === null) process.kill(-server.pid, 'SIGTERM')
  console.log(`stopped with ${await stopped}`)
  rmSync(folder, { recursive: true, force: true })
}

async function answered(url) {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended with exit code ${server.exitCode}`)
    if (performance.now() - began > LIMIT_MINUTES * 60_000) throw new Error(`no answer within ${LIMIT_MINUTES} minutes`)
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return response.json()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function sparePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
