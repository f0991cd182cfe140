// The load engine and its driver `wire` beside sysbench and mysql2, on the master of a real core over its unix socket: the
// same table, the same statements, prepared, one in flight per connection.
//
// (a) reads: oltp_point_select, 8, 50 and 200 connections: QPS, p95, client CPU per query
// (b) updates: oltp_update_non_index, 50 and 200 connections, durable, acknowledged by qlink
// (c) null: against a server that answers canned packets: what the engine and its sockets cost
// (d) open: five runs of an open loop (Poisson) at 70 % of what the closed loop reached: rate planned and reached, p99
//
// Flags: --rounds N (default 3), --seconds N per block (default 3), --workers N (threads of our drivers, default: the
// cores, at most 2), --only LIST of reads,updates,null,open, --server-threads connection|pool (a thread of the server for
// each connection, which is its default and the core's, or MariaDB's pool of as many as there are cores; the same for all
// sides), --table-lock released|held (default released, as everywhere; held: an idle session keeps the table open, so that
// MariaDB never throws its metadata lock away and makes it anew, see docs/benchmarks.md), --quick (one round of two
// seconds), --out FILE (default .cache/bench/load.json). The sides take turns, there and back (ABBA), so that a slow minute
// of the host hits all; ratios are of neighbours in time. sysbench must be installed.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { withCore } from './core/with-core.mjs'
import { figuresFileOf } from './frame/figures-file.mjs'
import { reportRatios } from './frame/ratio-report.mjs'
import { wholeNumber } from './frame/whole-number.mjs'
import { linesOf, rowsOf } from './load/report.mjs'
import { ourSide, prepareTable, sysbenchSide, table } from './load/sides.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    only: { type: 'string', default: 'reads,updates,null,open' },
    'server-threads': { type: 'string', default: 'connection' },
    'table-lock': { type: 'string', default: 'released' },
    quick: { type: 'boolean' },
    out: { type: 'string', default: figuresFileOf('load') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const rounds = wholeNumber('rounds', flags.rounds ?? (flags.quick ? '1' : '3'))
const seconds = wholeNumber('seconds', flags.seconds ?? (flags.quick ? '2' : '3'))
const workers = wholeNumber('workers', flags.workers)
const parts = flags.only.split(',')
const serverThreads = flags['server-threads']
const databaseSettings = {
  connection: ['thread_handling = one-thread-per-connection'],
  pool: ['thread_handling = pool-of-threads'],
}[serverThreads]
if (databaseSettings === undefined) throw new Error('--server-threads must be connection or pool')
const tableLock = flags['table-lock']
if (!['released', 'held'].includes(tableLock)) throw new Error('--table-lock must be released or held')
const loadBefore = loadavg()[0]
const blocks = []

await withCore(
  { name: 'load', profile: 'small', databaseSettings },
  async ({ endpoints, status, context, session }) => {
    const { signal } = context
    const ours = { wire: ourSide('wire', workers), mysql2: ourSide('mysql2', workers) }
    try {
      const { node, master } = await masterOf(endpoints, status)
      await prepareTable(master)
      if (tableLock === 'held') await (await session(node)).query(`HANDLER ${table.name} OPEN`)
      const plan = { signal, master }
      if (parts.includes('reads'))
        await inTurns('reads', [ours.wire, sysbenchSide, ours.mysql2], [8, 50, 200], plan)
      if (parts.includes('updates')) await inTurns('updates', [ours.wire, sysbenchSide], [50, 200], plan)
      if (parts.includes('null')) await againstNull(plan)
      if (parts.includes('open')) await openLoop(ours.wire, plan)
    } finally {
      for (const side of Object.values(ours)) side.end()
      report()
    }
    return 0
  },
)

async function masterOf(endpoints, status) {
  const { topology } = await status()
  const node = topology?.master ?? 'db-1'
  const { socketPath } = endpoints.databases.find((each) => each.name === node)
  const password = endpoints.secrets.database.workload
  return { node, master: { socketPath, user: 'corelab_workload', password, database: 'bench' } }
}

async function inTurns(part, sides, loads, { signal, master }) {
  for (const connections of loads)
    for (let round = 0; round < rounds; round++)
      for (const side of [...sides, ...sides.toReversed()]) {
        if (signal.aborted) return
        const load = { connections, seconds, target: master, write: part === 'updates' }
        add({ part, side: side.name, connections, round }, await side.measure(load))
      }
}

async function againstNull({ signal }) {
  const dir = mkdtempSync(join(tmpdir(), 'corelab-null-'))
  const socketPath = join(dir, 's')
  const file = fileURLToPath(new URL('./load/null-server.mjs', import.meta.url))
  const server = spawn(process.execPath, [file, socketPath], { stdio: ['pipe', 'pipe', 'inherit'] })
  // One thread: the figure is per core.
  const side = ourSide('wire', 1)
  try {
    await new Promise((done) => server.stdout.once('data', done))
    const target = { socketPath, user: 'nobody', password: '' }
    for (const connections of [8, 50, 200])
      for (let round = 0; round < 2 * rounds && !signal.aborted; round++)
        add(
          { part: 'null', side: 'wire', connections, round },
          await side.measure({ connections, seconds, target }),
        )
  } finally {
    side.end()
    server.stdin.end()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function openLoop(side, { signal, master }) {
  const connections = 50
  const closed = await side.measure({ connections, seconds, target: master })
  const rate = Math.round(closed.perSecond * 0.7)
  for (let round = 0; round < 5 && !signal.aborted; round++)
    add(
      { part: 'open', side: 'wire', connections, round, rate },
      await side.measure({ connections, seconds, target: master, rate }),
    )
}

function add(what, seen) {
  const block = { ...what, ...seen }
  blocks.push(block)
  process.stderr.write(
    `${what.part}, ${what.connections} connections, ${what.side}: ${Math.round(seen.perSecond)}/s, ` +
      `p95 ${(seen.p95Us / 1000).toFixed(2)} ms, ${seen.cpuUs.toFixed(1)} us of client CPU each, ${seen.errors} errors\n`,
  )
}

function report() {
  const rows = rowsOf(blocks)
  reportRatios({
    schema: 'corelab/bench-load@1',
    command: `npm run bench -- load --rounds ${rounds} --seconds ${seconds} --workers ${workers} --only ${parts.join(',')} --server-threads ${serverThreads} --table-lock ${tableLock}`,
    ...{ out: flags.out, loadBefore, threads: workers, rows, blocks, lines: linesOf(rows) },
  })
}
