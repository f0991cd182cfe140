// The sides of the comparison: our drivers, each in a process that lives as long as the benchmark, and sysbench.
import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const table = { name: 'sbtest1', rowCount: 100_000 }
const warmUpMs = 500

/** `measure(load)` of one of our drivers; `load`: {connections, seconds, target, write, rate}. */
export function ourSide(driver, workers) {
  const file = fileURLToPath(new URL('./client.mjs', import.meta.url))
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    name: driver,
    async measure(load) {
      child.stdin.write(`${JSON.stringify(planOf(driver, workers, load))}\n`)
      const { value } = await lines.next()
      if (value === undefined) throw new Error(`the client ${driver} has ended`)
      return JSON.parse(value)
    },
    end: () => child.stdin.end(),
  }
}

function planOf(driver, workers, { connections, seconds, target, write, rate }) {
  const rows = { driver, table: table.name, rowCount: table.rowCount, access: { kind: 'uniform' } }
  return {
    connections,
    workers,
    arrival: rate
      ? { loop: 'open', schedule: 'poisson', ratePerSecond: rate }
      : { loop: 'closed', thinkMs: 0 },
    rampMs: 0,
    warmUpMs,
    durationMs: seconds * 1000,
    seed: 1,
    errorShareMax: null,
    lateMaxMs: null,
    workload: write
      ? { name: 'update-row', params: { ...rows, target } }
      : { name: 'point-select', params: { ...rows, targets: [target], verifyOneIn: 1000 } },
  }
}

/** The same of sysbench. Its CPU time is that of its whole run, a few milliseconds of logging in among it. */
export const sysbenchSide = {
  name: 'sysbench',
  async measure({ connections, seconds, target, write }) {
    const test = write ? 'oltp_update_non_index' : 'oltp_point_select'
    const args = [...sysbenchArgs(test, target), '--rand-type=uniform', `--threads=${connections}`]
    args.push(`--time=${seconds}`, 'run')
    const { stdout, stderr } = await run('bash', ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', '-', ...args])
    const number = (pattern) => Number(pattern.exec(stdout)?.[1])
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? []
    const ok = number(/queries:\s+(\d+)/)
    return {
      ended: 'time',
      ok,
      errors: number(/ignored errors:\s+(\d+)/),
      perSecond: number(/queries:.*\(([\d.]+) per sec/),
      p95Us: number(/95th percentile:\s+([\d.]+)/) * 1000,
      p99Us: null,
      cpuUs: ((Number(user) + Number(system)) * 1e6) / ok,
    }
  },
  end: () => undefined,
}

export async function prepareTable(target) {
  const args = sysbenchArgs('oltp_point_select', target)
  await run(args[0], [...args.slice(1), 'prepare'])
}

function sysbenchArgs(test, { socketPath, user, password, database }) {
  return [
    'sysbench',
    test,
    '--db-driver=mysql',
    `--mysql-socket=${socketPath}`,
    `--mysql-user=${user}`,
    `--mysql-password=${password}`,
    `--mysql-db=${database}`,
    '--tables=1',
    `--table-size=${table.rowCount}`,
  ]
}
