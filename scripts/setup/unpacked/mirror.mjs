import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Debian's packages come from when this machine does not say so itself (Ubuntu, other systems with apt). */
const publicMirror = 'http://deb.debian.org/debian'

/**
 * The Debian archive that this machine already uses: it may be the only one that can be reached from here.
 * @param {string} aptDir `/etc/apt`
 */
export function debianMirror(aptDir = '/etc/apt') {
  const addresses = sourceFiles(aptDir).flatMap((file) => archiveAddresses(readFileSync(file, 'utf8')))
  return addresses.find((address) => /\/debian$/.test(address)) ?? publicMirror
}

/**
 * The addresses of a source list, in the one-line form (`deb [options] URI suite ...`) or the one of `.sources` files
 * (`URIs: ...`), without a slash at their end.
 * @param {string} text
 */
export function archiveAddresses(text) {
  const oneLine = [...text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)/gm)].map(([, uri]) => uri)
  const fields = [...text.matchAll(/^URIs:[ \t]*(.+)$/gm)].flatMap(([, uris = '']) =>
    uris.trim().split(/\s+/),
  )
  return [...oneLine, ...fields]
    .filter((uri) => uri !== undefined && /^https?:/.test(uri))
    .map((uri) => /** @type {string} */ (uri).replace(/\/+$/, ''))
}

/** @param {string} aptDir */
function sourceFiles(aptDir) {
  const parts = join(aptDir, 'sources.list.d')
  const inParts = namesIn(parts)
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort()
    .map((name) => join(parts, name))
  return [...(namesIn(aptDir).includes('sources.list') ? [join(aptDir, 'sources.list')] : []), ...inParts]
}

/** @param {string} dir */
function namesIn(dir) {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
