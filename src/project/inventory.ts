import type { InventoryServer, InventoryTarget, PasswordSource } from '../model/inventory.js'
import type { ServerFile, TargetFile } from '../model/target-schema.js'
import type { SchemaProblem } from './schema-problems.js'

type TargetFiles = Readonly<Record<string, TargetFile>>

const defaultPort = 3306

/** The servers of others in full. Of a file without {@link inventoryProblems}. */
export function inventoryOf(targets: TargetFiles): Readonly<Record<string, InventoryTarget>> {
  const each = Object.entries(targets).map(
    ([name, target]) => [name, { servers: serversOf(target) }] as const,
  )
  return Object.fromEntries(each)
}

function serversOf(target: TargetFile): readonly InventoryServer[] {
  const all = Object.entries(target.servers).map(([name, file]) => ({
    name,
    role: file.role,
    host: file.host ?? 'localhost',
    port: file.port ?? defaultPort,
    socketPath: file.socket ?? null,
    user: file.user ?? target.user ?? '',
    password: sourceOf(file.password ?? target.password ?? null),
  }))
  return [...all.filter(({ role }) => role === 'master'), ...all.filter(({ role }) => role === 'reader')]
}

function sourceOf(password: NonNullable<ServerFile['password']> | null): PasswordSource | null {
  if (password?.variable !== undefined) return { kind: 'variable', name: password.variable }
  return password?.file === undefined ? null : { kind: 'file', path: password.file }
}

/** What a schema cannot say: who takes writes, and whether every server can be reached and logged in to. */
export function inventoryProblems(targets: TargetFiles): readonly SchemaProblem[] {
  return Object.entries(targets).flatMap(([name, target]) => targetProblems(['targets', name], target))
}

function targetProblems(at: readonly string[], target: TargetFile): readonly SchemaProblem[] {
  const path = [...at, 'servers']
  const servers = Object.entries(target.servers)
  return [
    ...passwordProblems(at, target),
    ...masterProblems(path, servers),
    ...servers.flatMap(([name, server]) => serverProblems([...path, name], server, target)),
    ...sameAddressProblems(path, servers),
    ...mixedProblems(path, servers),
  ]
}

type Servers = readonly (readonly [name: string, server: ServerFile])[]

function masterProblems(path: readonly string[], servers: Servers): readonly SchemaProblem[] {
  const masters = servers.filter(([, { role }]) => role === 'master').map(([name]) => name)
  if (masters.length === 1) return []
  const found = masters.length === 0 ? 'no server' : `${masters.join(' and ')}`
  return [
    problem(
      masters.length === 0 ? path : [...path, masters[1] ?? ''],
      `${path.join('.')}: ${found} with role: master; exactly one takes the writes`,
    ),
  ]
}

/** Words that `--set node=` has for something else. */
const reserved: ReadonlySet<string> = new Set(['readers', 'master', 'reader'])

function serverProblems(
  path: readonly string[],
  server: ServerFile,
  target: TargetFile,
): readonly SchemaProblem[] {
  const where = path.join('.')
  const found: SchemaProblem[] = [...passwordProblems(path, server)]
  if (reserved.has(path.at(-1) ?? ''))
    found.push(problem(path, `${where} has a name that means something else; call it db-a, for example`))
  if (server.socket === undefined && server.host === undefined)
    found.push(problem(path, `${where} has neither host nor socket; give one of them`))
  if (server.socket !== undefined && (server.host !== undefined || server.port !== undefined))
    found.push(problem([...path, 'socket'], `${where} has a socket; leave out host and port, or the socket`))
  if ((server.user ?? target.user) === undefined)
    found.push(problem(path, `${where} has no user, and neither has ${path.slice(0, 2).join('.')}`))
  return found
}

function passwordProblems(path: readonly string[], { password }: Pick<ServerFile, 'password'>) {
  if (!password || (password.variable === undefined) !== (password.file === undefined)) return []
  const at = [...path, 'password']
  return [problem(at, `${at.join('.')} needs variable or file, and not both`)]
}

/** Two names of one server would count everything twice. */
function sameAddressProblems(path: readonly string[], servers: Servers): readonly SchemaProblem[] {
  const seen = new Map<string, string>()
  return servers.flatMap(([name, { host, port, socket }]) => {
    if (host === undefined && socket === undefined) return []
    const address = socket ?? `${host}:${port ?? defaultPort}`
    const other = seen.get(address)
    seen.set(address, name)
    if (other === undefined) return []
    return [problem([...path, name], `${[...path, name].join('.')} is at ${address}, and so is ${other}`)]
  })
}

/** A run goes by sockets or by TCP, and its result says by which. */
function mixedProblems(path: readonly string[], servers: Servers): readonly SchemaProblem[] {
  const bySocket = servers.filter(([, { socket }]) => socket !== undefined)
  if (bySocket.length === 0 || bySocket.length === servers.length) return []
  const [name = ''] = bySocket[0] ?? []
  return [
    problem([...path, name, 'socket'], `${path.join('.')}: some have a socket and others a host; all alike`),
  ]
}

function problem(path: readonly string[], text: string): SchemaProblem {
  return { path, aboutKey: true, text }
}
