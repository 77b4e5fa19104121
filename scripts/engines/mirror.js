/** The Debian mirror that this machine itself uses, so that what it may reach is all that is needed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PUBLIC = 'http://deb.debian.org/debian'

export function mirror(etc = '/etc') {
  const system = readFileSync(join(etc, 'os-release'), 'utf8')
  const [, distribution] = /^ID="?([^"\n]*)/m.exec(system) ?? []
  const [, codename] = /^VERSION_CODENAME="?([^"\n]*)/m.exec(system) ?? []
  // The mirrors of other distributions hold no Debian.
  if (distribution !== 'debian') return PUBLIC
  return (
    sources(join(etc, 'apt')).find(
      ({ uri, suites, components }) =>
        /^https?:/.test(uri) && suites.includes(codename) && components.includes('main') && !/security/.test(uri),
    )?.uri ?? PUBLIC
  )
}

function sources(apt) {
  const parts = join(apt, 'sources.list.d')
  const names = existsSync(parts) ? readdirSync(parts).sort() : []
  const files = [join(apt, 'sources.list'), ...names.map((name) => join(parts, name))].filter(existsSync)
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8').replaceAll(/^[ \t]*#.*\n?/gm, '')
    if (file.endsWith('.list')) return text.split('\n').flatMap(oneLine)
    return file.endsWith('.sources') ? text.split(/\n\s*\n/).flatMap(stanza) : []
  })
}

/** `deb [options] uri suite component…` */
function oneLine(line) {
  const found = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line)
  return found ? [{ uri: plain(found[1]), suites: [found[2]], components: found[3].trim().split(/\s+/) }] : []
}

/** `Field: words`, where a line that begins with a space continues the field before it. */
function stanza(text) {
  const fields = {}
  for (const [, name, value] of text.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
    fields[name.toLowerCase()] = value.trim().split(/\s+/)
  }
  if (!fields.types?.includes('deb') || fields.enabled?.[0] === 'no') return []
  const { uris = [], suites = [], components = [] } = fields
  return uris.map((uri) => ({ uri: plain(uri), suites, components }))
}

const plain = (uri) => uri.replace(/\/+$/, '')
