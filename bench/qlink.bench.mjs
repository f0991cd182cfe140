// What qlink's acknowledgement costs, with single-row durable updates (sync_binlog = 1, innodb_flush_log_at_trx_commit = 1
// on every side; the sides differ in nothing but semi-sync):
//
// (a) alone: a master without semi-sync (none), acknowledged by qlink, and by MariaDB's own semi-sync slave with
//     sync_relay_log=1, which receives and does not apply (slave)
// (b) core: the core of four without (none) and with qlink; the clock runs until every node has caught up
// (c) memory: of qlink, with one transaction of 1 GiB in flight
//
// Flags: --rounds N (default 4; the core has half of them), --seconds N per block (default 4), --connections LIST (default
// 50,200), --only LIST of alone,core,memory (default all, about nine minutes), --quick (one round of two seconds), --out FILE
// (default .cache/bench/qlink.json). The servers of all sides run all the time, and the sides take turns in each round,
// there and back (ABBA), so that a slow minute of the host hits all; ratios are of neighbours in time. The same client for
// all sides: bench/qlink/update-client.mjs. What was measured before an interruption is reported all the same.
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { figuresFileOf } from './frame/figures-file.mjs'
import { reportRatios } from './frame/ratio-report.mjs'
import { stopOnSignal } from './frame/stop-on-signal.mjs'
import { wholeNumber } from './frame/whole-number.mjs'
import { measureAlone } from './qlink/alone.mjs'
import { bigTransaction } from './qlink/big-transaction.mjs'
import { measureCore } from './qlink/core.mjs'
import { linesOf, rowsOf } from './qlink/report.mjs'
import { startAlone, startCore } from './qlink/servers.mjs'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '50,200' },
    only: { type: 'string', default: 'alone,core,memory' },
    quick: { type: 'boolean' },
    out: { type: 'string', default: figuresFileOf('qlink') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const rounds = wholeNumber('rounds', flags.rounds ?? (flags.quick ? '1' : '4'))
const seconds = wholeNumber('seconds', flags.seconds ?? (flags.quick ? '2' : '4'))
const loads = flags.connections.split(',').map((each) => wholeNumber('connections', each))
const parts = flags.only.split(',')

const signal = stopOnSignal()
// Servers are started so that they do not keep a parent alive; this does, until all is measured.
const keepAlive = setInterval(() => undefined, 1000)
const loadBefore = loadavg()[0]
const blocks = []
let memory = null
const plan = {
  rounds,
  seconds,
  loads,
  signal,
  add: (block) => blocks.push(block),
  say: (line) => process.stderr.write(`${line}\n`),
}
try {
  if (parts.includes('alone') || parts.includes('memory')) await withServers(startAlone, measureMaster)
  if (parts.includes('core')) await withServers(startCore, measureFour)
} finally {
  clearInterval(keepAlive)
  report()
}
process.exit(signal.aborted ? 130 : 0)

async function measureMaster(servers) {
  if (parts.includes('alone')) await measureAlone(servers, plan)
  if (parts.includes('memory') && !signal.aborted) memory = await bigTransaction(servers)
}

async function measureFour(core) {
  await measureCore(core, { ...plan, rounds: Math.ceil(rounds / 2) })
}

async function withServers(start, measure) {
  if (signal.aborted) return
  const servers = await start({ signal })
  try {
    await measure(servers)
  } finally {
    await servers.stop()
  }
}

function report() {
  const rows = rowsOf(blocks)
  reportRatios({
    schema: 'corelab/bench-qlink@2',
    command:
      `npm run bench -- qlink --rounds ${rounds} --seconds ${seconds} ` +
      `--connections ${loads.join(',')} --only ${parts.join(',')}`,
    ...{ out: flags.out, loadBefore, rows, more: { memory }, blocks },
    lines: [...linesOf(rows), ...(memory ? ['', '(c) one large transaction', ...memory.lines] : [])],
  })
}
