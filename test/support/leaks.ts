import { readdir, readFile, readlink } from 'node:fs/promises'
import { isPortFree } from '../../src/sys/ports.js'
import { commandLineOf, listProcesses, readProcStat } from '../../src/sys/proc-stat.js'

/**
 * What exists on this host because of some folders and ports, as lines to compare before and after: processes that
 * work in a folder, name it in their command line or environment, unix sockets in it, listeners on the ports, and
 * the entries of the folders themselves. Processes of others are not in it, so tests may run side by side.
 */
export async function tracesOf(facts: {
  readonly dirs: readonly string[]
  readonly ports?: readonly number[]
}): Promise<readonly string[]> {
  const lines = await Promise.all([
    processesAbout(facts.dirs),
    socketsIn(facts.dirs),
    listenersOn(facts.ports ?? []),
    entriesOf(facts.dirs),
  ])
  return lines.flat()
}

async function processesAbout(dirs: readonly string[]): Promise<readonly string[]> {
  const own = ancestorsOf(process.pid)
  const strangers = listProcesses().filter(({ pid }) => !own.has(pid))
  const lines = await Promise.all(
    strangers.map(async ({ pid }) => {
      const [cwd, command, environment] = await Promise.all([
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      ])
      const about = dirs.some(
        (dir) => isWithin(cwd, dir) || command.includes(dir) || environment.includes(dir),
      )
      return about ? [`process ${pid}: ${commandLineOf(pid)}`] : []
    }),
  )
  return lines.flat()
}

async function socketsIn(dirs: readonly string[]): Promise<readonly string[]> {
  const table = await readFile('/proc/net/unix', 'utf8')
  const paths = table.split('\n').map((line) => line.split(' ').slice(7).join(' ').trim())
  return [...new Set(paths)]
    .filter((path) => dirs.some((dir) => isWithin(path, dir)))
    .map((path) => `unix socket ${path}`)
}

async function listenersOn(ports: readonly number[]): Promise<readonly string[]> {
  const lines: string[] = []
  for (const port of ports) if (!(await isPortFree(port))) lines.push(`listener on port ${port}`)
  return lines
}

async function entriesOf(dirs: readonly string[]): Promise<readonly string[]> {
  const lines = await Promise.all(
    dirs.map(async (dir) => {
      const names = await readdir(dir).catch(() => [])
      return names.sort().map((name) => `entry ${dir}/${name}`)
    }),
  )
  return lines.flat()
}

function isWithin(path: string, dir: string): boolean {
  return path === dir || path.startsWith(`${dir}/`)
}

/** The test runner may itself have the folder in its command line. */
function ancestorsOf(pid: number): ReadonlySet<number> {
  const seen = new Set<number>()
  for (let each = pid; each > 0; each = readProcStat(each)?.parentPid ?? 0) seen.add(each)
  return seen
}
