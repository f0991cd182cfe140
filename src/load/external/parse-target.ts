import { corelabError } from '../../kit/errors.js'

/** A database server that somebody else runs. */
export interface ExternalTarget {
  readonly host: string
  readonly port: number
  /** A unix socket on this host, in the place of host and port. */
  readonly socketPath: string | null
  readonly user: string
  /** null when the text had none: it comes from a variable, so that no process list shows it. */
  readonly password: string | null
}

const form = 'mysql://USER@HOST:PORT, or mysql://USER@localhost?socket=/path/to/mysqld.sock'

/** Reads `mysql://user@host:port`. Throws USAGE. */
export function parseTarget(text: string): ExternalTarget {
  const url = parsed(text)
  if (url === null || url.protocol !== 'mysql:' || url.hostname === '' || url.username === '')
    throw corelabError('USAGE', {
      message: `"${withoutPassword(text)}" is not an address of a database server`,
      detail: `The form is ${form}`,
    })
  if (url.pathname !== '' && url.pathname !== '/')
    throw corelabError('USAGE', {
      message: 'A target names a server, not a database',
      detail: 'A benchmark makes a database of its own there and drops it afterwards.',
      fix: [`--target ${withoutPassword(text).replace(/(:\/\/[^/]+)\/[^?]*/, '$1')}`],
    })
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    socketPath: url.searchParams.get('socket'),
    user: decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
  }
}

/** For messages and for the command that repeats a run. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:[a-z]+:\/\/)?[^:@/]*):.*@/i, '$1@')
}

function parsed(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
