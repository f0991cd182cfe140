// How long a killed master takes until it serves again as a replica, by itself, with so much data and under load.
//
// Flags: --mb N data of each node in MB (default 1024), --count N (default 5), --writers N (default 16), --profile
// tiny|small|full (default small), --out FILE (default .cache/bench/rejoin.json).
// Two times per round: from kill -9 until the keeper says that the node serves again (the failover is part of that), and
// of the return alone, as corelab cluster history tells it. At the end every row is compared on every node.
import { parseArgs } from 'node:util'
import { pause, withCore } from './core/with-core.mjs'
import { dist } from './frame/dist.mjs'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { wholeNumber } from './frame/whole-number.mjs'

const { values: flags } = parseArgs({
  options: {
    mb: { type: 'string', default: '1024' },
    count: { type: 'string', default: '5' },
    writers: { type: 'string', default: '16' },
    profile: { type: 'string', default: 'small' },
    out: { type: 'string', default: figuresFileOf('rejoin') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const [megabytes, count, writers] = ['mb', 'count', 'writers'].map((name) => wholeNumber(name, flags[name]))

const { readHistory } = await dist('cluster/history.js')
const { pathsOf, readPlan } = await dist('cluster/environment-store.js')
const { keeperClient } = await dist('cluster/keeper-client.js')
const { keeperSocketOf } = await dist('sys/keeper-socket.js')

const rowBytes = 1000
const rowsAtOnce = 20_000

await withCore({ name: 'rejoin', profile: flags.profile }, async (core) => {
  await fill(core)
  const rounds = []
  for (let round = 1; round <= count && !core.context.signal.aborted; round++) {
    const measured = await runRound(core)
    rounds.push(measured)
    console.log(
      `${round}: ${measured.node} serves again ${measured.sinceKillMs} ms after kill -9; the return took ${measured.returnMs} ms`,
    )
  }
  const keeper = keeperClient(keeperSocketOf((await readPlan(core.ref)).socketDir))
  return report(rounds, await keeper.verify())
})

/** Rows of a kilobyte, through replication, like all others. */
async function fill({ session, status }) {
  const master = await session((await status()).topology.master)
  await master.query('CREATE TABLE rejoin (id INT NOT NULL PRIMARY KEY, v VARCHAR(1100) NOT NULL)')
  for (let first = 1; first <= megabytes * 1000; first += rowsAtOnce) {
    const last = Math.min(first + rowsAtOnce - 1, megabytes * 1000)
    await master.query(
      `INSERT INTO rejoin SELECT seq, CONCAT(seq, REPEAT('x', ${rowBytes})) FROM seq_${first}_to_${last}`,
    )
    await awaitLevel(status, 5)
  }
  await master.close()
  await awaitLevel(status, 0)
}

async function runRound({ ref, session, status }) {
  const { topology, components } = await awaitLevel(status, 2000)
  const node = topology.master
  const loadEnded = await startLoad(session, node)
  await pause(3000)
  const killedAt = performance.now()
  process.kill(components.find(({ name }) => name === node).pid, 'SIGKILL')
  await loadEnded()
  for (;;) {
    const { topology: now } = await status()
    if (now.epoch > topology.epoch && now.nodes.find(({ name }) => name === node).serving) break
    if (performance.now() - killedAt > 300_000) throw new Error(`${node} did not come back`)
    await pause(20)
  }
  const sinceKillMs = Math.round(performance.now() - killedAt)
  return { node, sinceKillMs, returnMs: Math.round(await returnOf(ref, node)) }
}

/** The journal tells the end of a return right after the node serves. */
async function returnOf(ref, node) {
  for (;;) {
    const { epochs } = await readHistory(pathsOf(ref).dir)
    const returned = epochs.at(-1).returns.findLast((each) => each.node === node)
    if (returned?.outcome === 'done') return returned.durationMs
    await pause(20)
  }
}

/** Updates spread over all rows, until the master is gone. */
async function startLoad(session, node) {
  const sessions = await Promise.all(Array.from({ length: writers }, () => session(node)))
  const all = sessions.map(async (connection, writer) => {
    try {
      for (let n = writer; ; n += writers)
        await connection.execute('UPDATE rejoin SET v = CONCAT(?, REPEAT(?, ?)) WHERE id = ?', [
          n,
          'y',
          rowBytes,
          1 + ((n * 7919) % (megabytes * 1000)),
        ])
    } catch {
      connection.destroy()
    }
  })
  return () => Promise.all(all)
}

async function awaitLevel(status, lagMax) {
  for (;;) {
    const seen = await status()
    const lags = seen.components.map(({ lagTransactions }) => lagTransactions ?? 0)
    if (seen.state === 'usable' && Math.max(...lags) <= lagMax) return seen
    await pause(100)
  }
}

function report(rounds, verified) {
  const sorted = (key) => rounds.map((round) => round[key]).sort((a, b) => a - b)
  const summary = (key) => {
    const all = sorted(key)
    return { min: all[0], median: all[Math.floor((all.length - 1) / 2)], max: all.at(-1) }
  }
  const result = {
    command: `npm run bench -- rejoin --mb ${megabytes} --count ${count} --writers ${writers}`,
    host: benchHost(),
    rounds,
    sinceKillMs: summary('sinceKillMs'),
    returnMs: summary('returnMs'),
    equal: verified.checks.find(({ name }) => name === 'tables').valid,
    rows: verified.rows,
  }
  const file = writeFigures(flags.out, result)
  const { sinceKillMs, returnMs } = result
  console.log(
    `\n${rounds.length} returns with ${megabytes} MB: since kill -9 median ${sinceKillMs.median} ms, longest ${sinceKillMs.max} ms; the return alone ${returnMs.median} and ${returnMs.max} ms`,
  )
  console.log(`${result.rows} rows ${result.equal ? 'equal on every node' : 'DIFFER'}; written to ${file}`)
  return result.equal ? 0 : 1
}
