/** Builds a whole Debian in a folder. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, lastLines } from './failure.js'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

const searched = `/usr/sbin:/sbin:${process.env.PATH}`

const proxies = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name)))

export function getDebootstrap() {
  const missing = [
    ...(findProgram('debootstrap') ? [] : ['debootstrap']),
    ...(existsSync(KEYRING) ? [] : ['debian-archive-keyring']),
  ]
  if (missing.length === 0) return
  const advice = `${missing.join(' and ')} must be installed by hand: the engines come from Debian by debootstrap`
  if (!findProgram('apt-get')) throw new Failure(`There is no apt-get here, so ${advice}.`)
  console.log(`› Installing ${missing.join(' and ')}`)
  const quietly = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['update', '-qq'], quietly)
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quietly)
  if (status !== 0) throw new Failure(`apt-get failed (see above), so ${advice}.`)
}

/** Fills a folder that `removeTree` has removed, and holds the same lock meanwhile. */
export async function debootstrap({ suite, packages, source, folder, lock, logPath }) {
  // dpkg need not wait for the disk after each file: a folder that is not whole is brought again.
  const settings = join(folder, 'etc/dpkg/dpkg.cfg.d')
  mkdirSync(settings, { recursive: true })
  writeFileSync(join(settings, 'unsafe-io'), 'force-unsafe-io\n')

  const log = openSync(logPath, 'w')
  const child = spawn(
    'setpriv',
    [
      // When this process dies, so does everything within, and what it has mounted is gone: the kernel sees to both.
      ...['--pdeathsig', 'KILL', 'flock', '--no-fork', lock, 'unshare', '--pid', '--mount-proc', '--kill-child=KILL'],
      ...['debootstrap', '--variant=minbase', `--keyring=${KEYRING}`, `--include=${packages.join(',')}`],
      ...[suite, folder, source],
    ],
    // Not the caller's locale and temporary folder, which the new Debian does not have.
    { stdio: ['ignore', log, log], env: { ...proxies, PATH: searched } },
  )
  const [status] = await once(child, 'exit')
  closeSync(log)
  if (status === 0) return
  throw new Failure(
    `debootstrap could not bring Debian ${suite} from ${source}. Can this machine reach that, and may it mount ` +
      `(a container needs --privileged)? The log is ${logPath}; it ends:\n${lastLines(readFileSync(logPath, 'utf8'))}`,
  )
}

/** Waits for whatever dies within. Stops at other file systems, lest something that is mounted there is emptied. */
export function removeTree(path, lock) {
  const { status, stderr } = spawnSync('flock', [lock, 'rm', '-rf', '--one-file-system', path], { encoding: 'utf8' })
  if (status !== 0) throw new Failure(`${path} could not be removed: ${stderr.trim()}`)
}

function findProgram(name) {
  return searched.split(':').some((folder) => existsSync(join(folder, name)))
}
