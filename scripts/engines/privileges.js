import { Failure } from './failure.js'

/** Only root may enter another Debian, and only Linux has any. The servers themselves never run as root. */
export function requireRoot() {
  if (process.platform !== 'linux') {
    throw new Failure(
      `The engines run on Linux; this is ${process.platform}. Without them the tests use PGlite, or the servers that ` +
        'TEST_POSTGRES_URL and TEST_REDIS_URL name.',
    )
  }
  if (process.getuid() !== 0) {
    throw new Failure(
      'The engines are started by root, to become users of their own. Prepend: sudo env "PATH=$PATH"\n' +
        'Tests need not be root: after `start`, eval "$(npm run --silent engines -- env)" tells them where the engines are.',
    )
  }
}
