import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'
import { commandLineOf, listPids } from './proc-stat.js'

export interface PortHolder {
  readonly pid: number
  readonly command: string
  readonly cwd: string | null
}

/** Whether a server could listen on 127.0.0.1 at this port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * Who listens on a port; null when nobody does, or when the kernel does not tell us (a process of another
 * user, seen by an ordinary user).
 */
export async function holderOfPort(port: number): Promise<PortHolder | null> {
  const inodes = await listeningInodes(port)
  if (inodes.size === 0) return null
  for (const pid of listPids()) {
    if (!(await holdsAnyInode(pid, inodes))) continue
    return {
      pid,
      command: commandLineOf(pid) ?? 'unknown',
      cwd: await readlink(`/proc/${pid}/cwd`).catch(() => null),
    }
  }
  return null
}

export function portInUse(facts: {
  readonly port: number
  readonly wantedBy: string
  readonly holder: PortHolder | null
  readonly fix?: readonly string[] | undefined
}): CorelabError {
  const { port, wantedBy, holder } = facts
  const detail =
    holder === null
      ? `The holder belongs to another user; as root, \`ss -ltnp 'sport = :${port}'\` names it.`
      : `Held by process ${holder.pid}: ${holder.command}${holder.cwd === null ? '' : ` (in ${holder.cwd})`}`
  return corelabError('PORT_IN_USE', {
    message: `Port ${port}, which ${wantedBy} needs, is in use`,
    detail,
    fix: facts.fix ?? ['corelab up --port-base <number>'],
  })
}

const listenState = '0A'

/** The inodes of sockets that listen on a port, from the kernel's tables for IPv4 and IPv6. */
async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1').catch(() => '')),
  )
  return new Set(
    tables.flatMap((table) => listenersIn(table).flatMap((each) => (each.port === port ? each.inode : []))),
  )
}

/** The listening sockets of one table of `/proc/net`. */
export function listenersIn(table: string): readonly { readonly port: number; readonly inode: string }[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/)
      const [, local, , state] = fields
      const inode = fields[9]
      if (local === undefined || inode === undefined || state !== listenState) return []
      return { port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16), inode }
    })
}

async function holdsAnyInode(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const fd of fds) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')
    const match = /^socket:\[(\d+)\]$/.exec(target)
    if (match?.[1] !== undefined && inodes.has(match[1])) return true
  }
  return false
}
