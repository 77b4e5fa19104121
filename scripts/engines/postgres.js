/** One PostgreSQL: how it is laid out, started, known to be ready, and asked for its version. */
import { existsSync, readFileSync } from 'node:fs'
import { runWithin } from './chroot.js'

export function postgres(suite, version) {
  const programs = `/usr/lib/postgresql/${version}/bin`
  const user = 'postgres'
  return {
    suite,
    user,
    ports: 1,
    prepare: (folder, { signal }) =>
      runWithin(
        suite,
        user,
        [
          ...[`${programs}/initdb`, '--pgdata', folder, '--username=postgres', '--auth=trust', '--no-sync'],
          // Not the order of bytes, as on most servers: whoever needs that order must ask for it.
          ...['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'],
        ],
        { signal },
      ),
    command: (folder, [port]) => [
      ...[`${programs}/postgres`, '-D', folder],
      ...Object.entries({
        port,
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        max_connections: 200,
        shared_buffers: '256MB',
        fsync: 'on',
        // Below the data folder, so that nothing stays behind when it is killed.
        dynamic_shared_memory_type: 'mmap',
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    /** Its own note says whose it is and how far it came. */
    isReady: ({ data, pid }) => {
      const path = `${data}/postmaster.pid`
      const note = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
      return Number(note[0]) === pid && note[7]?.trim() === 'ready'
    },
    url: ([port]) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    version: async ([port]) => {
      const connection = ['--host=127.0.0.1', `--port=${port}`, '--username=postgres', '--no-psqlrc']
      const said = await runWithin(suite, user, [`${programs}/psql`, ...connection, '-tAc', 'select version()'])
      return said.trim()
    },
  }
}
