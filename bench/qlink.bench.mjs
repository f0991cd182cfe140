// What qlink's acknowledgement costs: single-row durable updates, (none) without semi-sync, (qlink) acknowledged by qlink,
// (slave) acknowledged by MariaDB's own semi-sync slave with sync_relay_log=1, which receives and does not apply.
//
// Flags: --rounds N (default 4), --seconds N per block (default 6), --connections LIST (default 50,200), --big-transaction
// (memory of qlink with one transaction of 1 GiB in flight, instead), --out FILE (default .cache/bench/qlink.json). Three masters of the same
// configuration run all the time, and the sides take turns in each round, there and back (ABBA), so that a slow minute of
// the host hits all; ratios are of neighbours in time. The same client for all sides: bench/qlink/update-client.mjs.
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bigTransaction } from './qlink/big-transaction.mjs'
import { startServers } from './qlink/servers.mjs'
import { median, ratioOf } from './qlink/statistics.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '6' },
    connections: { type: 'string', default: '50,200' },
    'big-transaction': { type: 'boolean' },
    out: { type: 'string', default: join(root, '.cache', 'bench', 'qlink.json') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const rounds = wholeNumber('rounds', flags.rounds)
const seconds = wholeNumber('seconds', flags.seconds)
const loads = flags.connections.split(',').map((each) => wholeNumber('connections', each))
const sides = ['none', 'qlink', 'slave']
const warmUpMs = 1500

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
// Servers are started so that they do not keep a parent alive; this does, until all is measured.
const keepAlive = setInterval(() => undefined, 1000)
const servers = await startServers({ signal: stop.signal })
try {
  if (flags['big-transaction']) await bigTransaction(servers)
  else report(await measureAll())
} finally {
  await servers.stop()
  clearInterval(keepAlive)
}
process.exit(stop.signal.aborted ? 130 : 0)

async function measureAll() {
  const blocks = []
  for (const connections of loads) {
    const clients = {}
    for (const side of sides) clients[side] = await startClient(side, connections)
    for (const side of sides) await clients[side].run(warmUpMs)
    for (let round = 0; round < rounds && !stop.signal.aborted; round++)
      for (const side of [...sides, ...[...sides].reverse()])
        if (!stop.signal.aborted)
          blocks.push(await measure(side, { connections, round, client: clients[side] }))
    for (const side of sides) clients[side].end()
  }
  return blocks
}

async function measure(side, { connections, round, client }) {
  await client.run(warmUpMs / 3)
  const master = servers.masters[side]
  const before = { qlink: (await servers.qlink.client.status()).counters, master: cpuMicrosOf(master.pid) }
  const run = await client.run(seconds * 1000)
  const after = { qlink: (await servers.qlink.client.status()).counters, master: cpuMicrosOf(master.pid) }
  const tps = (run.ok * 1000) / run.elapsedMs
  const block = { side, connections, round, tps, failed: run.failed, latency: run.latency }
  block.clientCpuMicros = run.cpuMicros / run.ok
  block.masterCpuMicros = (after.master - before.master) / run.ok
  if (side === 'qlink') {
    const { transactions, syncs, cpuMicros } = after.qlink
    const received = transactions - before.qlink.transactions
    block.qlinkCpuMicros = (cpuMicros - before.qlink.cpuMicros) / received
    block.syncsPerTransaction = (syncs - before.qlink.syncs) / received
    block.residentBytes = after.qlink.residentBytes
  }
  process.stderr.write(
    `${connections} connections, round ${round + 1} of ${rounds}: ${side.padEnd(6)}${Math.round(tps)} TPS\n`,
  )
  return block
}

async function startClient(side, connections) {
  const options = {
    dist: servers.distUrl.href,
    target: {
      ...servers.masters[side].target,
      user: 'corelab_workload',
      password: servers.secrets.database.workload,
    },
    connections,
    first: 0,
  }
  const file = fileURLToPath(new URL('./qlink/update-client.mjs', import.meta.url))
  const child = spawn(process.execPath, [file, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    async run(ms) {
      child.stdin.write(`${Math.round(ms)}\n`)
      const { value } = await lines.next()
      if (value === undefined) throw new Error('the load client has ended')
      return JSON.parse(value)
    },
    end: () => child.stdin.end(),
  }
}

function report(blocks) {
  const rows = loads.flatMap((connections) => sides.map((side) => rowOf(blocks, connections, side)))
  const host = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.versions.node }
  const command = `npm run bench -- qlink --rounds ${rounds} --seconds ${seconds} --connections ${loads.join(',')}`
  const result = {
    schema: 'corelab/bench-qlink@1',
    at: new Date().toISOString(),
    command,
    host,
    rows,
    blocks,
  }
  const out = resolve(flags.out)
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`)
  const lines = rows.map((row) => {
    const to = (name) =>
      `${row[name].ratio.toFixed(2)} (${row[name].low.toFixed(2)}-${row[name].high.toFixed(2)})`
    const ratios = row.side === 'none' ? '' : `   : none = ${to('toNone')}`
    const rival = row.side === 'qlink' ? `   : slave = ${to('toSlave')}` : ''
    const head = `${String(row.connections).padStart(4)}  ${row.side.padEnd(6)}${Math.round(row.tps).toString().padStart(7)} TPS`
    return `${head}  p99 ${row.p99Ms.toFixed(1).padStart(6)} ms${ratios}${rival}`
  })
  const ours = rows.filter(({ side }) => side === 'qlink')
  for (const row of ours)
    lines.push(
      `qlink at ${row.connections}: ${row.qlinkCpuMicros.toFixed(1)} us CPU, ${row.syncsPerTransaction.toFixed(3)} syncs per transaction; ` +
        `${(row.residentBytes / 1048576).toFixed(0)} MiB; client ${row.clientCpuMicros.toFixed(1)} us, master ${row.masterCpuMicros.toFixed(1)} us`,
    )
  lines.push(
    '',
    `ratios: geometric mean over ${rounds * 2} pairs, 95 % interval; ${host.cpu}, ${host.cores} cores, Node ${host.node}`,
  )
  process.stdout.write(`\n${[...lines, out, command].join('\n')}\n`)
}

function rowOf(blocks, connections, side) {
  const of = (name, key = 'tps') =>
    blocks.filter((each) => each.side === name && each.connections === connections).map((each) => each[key])
  const row = {
    connections,
    side,
    tps: median(of(side)),
    p99Ms: median(of(side, 'latency').map(({ p99 }) => p99)),
  }
  for (const key of ['clientCpuMicros', 'masterCpuMicros']) row[key] = median(of(side, key))
  if (side !== 'none') row.toNone = ratioOf(of(side), of('none'))
  if (side !== 'qlink') return row
  for (const key of ['qlinkCpuMicros', 'syncsPerTransaction']) row[key] = median(of(side, key))
  return {
    ...row,
    residentBytes: Math.max(...of(side, 'residentBytes')),
    toSlave: ratioOf(of(side), of('slave')),
  }
}

function cpuMicrosOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

function wholeNumber(flag, text) {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new Error(`--${flag} must be a whole number, not ${text}`)
}
