// The gap in acknowledged writes that clients see when the master is killed, frozen, or handed over on plan, again and
// again on one running core; and whether one acknowledged write is missing or doubled in the end.
//
// Flags: --kind kill|freeze|partition|switchover (default kill), --count N (default 20), --writers N (default 64),
// --profile tiny|small|full (default small), --out FILE (default .cache/bench/failover-<kind>.json).
// The gap is measured by the clients: from the last OK before it to the first OK after it, over all writers, each of which
// inserts one unique row per transaction, as fast as it is answered. A round begins when every node serves again.
import { parseArgs } from 'node:util'
import { pause, withCore } from './core/with-core.mjs'
import { dist } from './frame/dist.mjs'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { wholeNumber } from './frame/whole-number.mjs'

const { values: flags } = parseArgs({
  options: {
    kind: { type: 'string', default: 'kill' },
    count: { type: 'string', default: '20' },
    writers: { type: 'string', default: '64' },
    profile: { type: 'string', default: 'small' },
    out: { type: 'string' },
    yes: { type: 'boolean', short: 'y' },
  },
})
const kinds = ['kill', 'freeze', 'partition', 'switchover']
if (!kinds.includes(flags.kind)) throw new Error(`--kind must be one of ${kinds.join(', ')}`)
const count = wholeNumber('count', flags.count)
const writers = wholeNumber('writers', flags.writers)
const out = flags.out ?? figuresFileOf(`failover-${flags.kind}`)

const { readPlan, pathsOf } = await dist('cluster/environment-store.js')
const { keeperClient } = await dist('cluster/keeper-client.js')
const { keeperSocketOf } = await dist('sys/keeper-socket.js')
const { systemClock } = await dist('kit/clock.js')
const { openRedis } = await dist('clients/redis.js')
const { openDataSource } = await dist('platform/data-source.js')
const { topologyOfEnvironment } = await dist('platform/topology-source.js')

const now = () => performance.now()

await withCore({ name: 'failover', profile: flags.profile, faultProxy: flags.kind === 'partition' }, run)

async function run(core) {
  const { ref, endpoints, context, status } = core
  const plan = await readPlan(ref)
  const keeper = keeperClient(keeperSocketOf(plan.socketDir))
  const redis = openRedis(endpoints.redis)
  const dataSource = openDataSource({
    topologySource: topologyOfEnvironment({
      topologyFile: pathsOf(ref).topologyFile,
      keeperSocket: keeperSocketOf(plan.socketDir),
      redis,
      clock: systemClock,
    }),
    account: { user: 'corelab_workload', password: endpoints.secrets.database.workload },
    poolSize: writers,
    clock: systemClock,
    patienceMs: 30_000,
  })
  const faults = await faultsOf({ plan, keeper, status })
  await dataSource.write((connection) =>
    connection.query(
      'CREATE TABLE IF NOT EXISTS bench.failover (writer INT, n INT, PRIMARY KEY (writer, n))',
    ),
  )
  const load = startLoad(dataSource)
  const rounds = []
  for (let round = 1; round <= count && !context.signal.aborted; round++) {
    const measured = await runRound(core, load, faults)
    rounds.push(measured)
    say(round, measured)
  }
  const ledger = await load.finish()
  const verdict = await check(core, ledger)
  await dataSource.close()
  await redis.close()
  return report(rounds, ledger, verdict)
}

/** Writers that never stop, and the times of their OKs. */
function startLoad(dataSource) {
  const acked = Array.from({ length: writers }, () => [])
  const ledger = { acked, attempts: new Array(writers).fill(0), failed: 0, unknown: 0, errors: {} }
  const state = { okTimes: [], recording: false, stopped: false, failedSince: 0 }
  const loops = acked.map(async (mine, writer) => {
    for (let n = 0; !state.stopped; n++) {
      ledger.attempts[writer] = n + 1
      try {
        await dataSource.write((connection) =>
          connection.execute('INSERT INTO bench.failover (writer, n) VALUES (?, ?)', [writer, n]),
        )
        mine.push(n)
        if (state.recording) state.okTimes.push(now())
      } catch (error) {
        state.failedSince++
        const code = error.code ?? 'unknown'
        ledger.errors[code] = (ledger.errors[code] ?? 0) + 1
        if (code === 'WRITE_OUTCOME_UNKNOWN') ledger.unknown++
        else ledger.failed++
      }
    }
  })
  return {
    state,
    async finish() {
      state.stopped = true
      await Promise.all(loops)
      return ledger
    },
  }
}

async function runRound({ status, context }, { state }, faults) {
  await awaitWhole(status, context)
  state.okTimes = []
  state.recording = true
  state.failedSince = 0
  await pause(1000 + Math.random() * 500)
  const { topology } = await status()
  const before = { master: topology.master, epoch: topology.epoch }
  const faultAt = now()
  await faults[flags.kind](before)
  const what = () => `a write after ${flags.kind} of ${before.master}`
  await awaitTrue(context, what, 60_000, async () => {
    const { topology: present } = await status()
    return present.epoch > before.epoch && state.okTimes.at(-1) > faultAt && gapEnded(state.okTimes, faultAt)
  })
  await pause(500)
  state.recording = false
  const times = state.okTimes
  let gapMs = 0
  let gapStart = faultAt
  for (let index = 1; index < times.length; index++) {
    if (times[index] < faultAt || times[index] - times[index - 1] <= gapMs) continue
    gapMs = times[index] - times[index - 1]
    gapStart = times[index - 1]
  }
  await faults.heal(before)
  return {
    master: before.master,
    gapMs,
    noticedMs: gapStart - faultAt,
    failed: state.failedSince,
    oks: times.length,
  }
}

function gapEnded(times, faultAt) {
  const after = times.filter((time) => time > faultAt)
  return after.length > 50
}

async function faultsOf({ plan, keeper, status }) {
  const pidOf = async (node) => (await status()).components.find(({ name }) => name === node).pid
  const network =
    plan.network && (await dist('cluster/network-client.js')).networkClient(plan.network.apiSocket)
  return {
    kill: async ({ master }) => process.kill(await pidOf(master), 'SIGKILL'),
    freeze: async ({ master }) => process.kill(await pidOf(master), 'SIGSTOP'),
    switchover: () => keeper.switchover(null),
    partition: ({ master }) =>
      network.order({
        edges: [{ from: '*', to: master }],
        forward: { blocked: 'stall' },
        backward: { blocked: 'stall' },
      }),
    heal: async () => {
      if (network) await network.heal()
    },
  }
}

/** Every node serves, and has nearly caught up: the old master has come back by itself. */
async function awaitWhole(status, context, { lagMax = 2000 } = {}) {
  let lacking = 'nobody was asked yet'
  const what = () => `every node serves again; now ${lacking}`
  await awaitTrue(context, what, 300_000, async () => {
    const { state, components } = await status()
    const late = components.filter(
      ({ state: its, lagTransactions }) => its !== 'ready' || (lagTransactions ?? 0) > lagMax,
    )
    const words = late.map(
      ({ name, state: its, lagTransactions }) => `${name} ${its}, lag ${lagTransactions}`,
    )
    lacking = `the core is ${state}: ${words.join('; ')}`
    return state === 'usable' && late.every(({ lagTransactions }) => (lagTransactions ?? 0) <= lagMax)
  })
}

async function check({ status, context, session }, { acked, attempts }) {
  const perNode = {}
  await awaitWhole(status, context, { lagMax: 0 })
  for (const node of (await status()).topology.nodes) {
    const connection = await session(node.name)
    const rows = await connection.query('SELECT writer, n FROM bench.failover')
    await connection.close()
    const have = new Set(rows.map(({ writer, n }) => writer * 1e8 + n))
    let lost = 0
    acked.forEach((mine, writer) => {
      for (const n of mine) if (!have.has(writer * 1e8 + n)) lost++
    })
    const phantom = rows.filter(({ writer, n }) => n >= attempts[writer]).length
    perNode[node.name] = { rows: rows.length, lost, duplicated: rows.length - have.size, phantom }
  }
  return perNode
}

function report(rounds, ledger, perNode) {
  const acknowledged = ledger.acked.reduce((sum, mine) => sum + mine.length, 0)
  const gaps = rounds.map(({ gapMs }) => gapMs).sort((a, b) => a - b)
  const quantile = (q) => gaps[Math.min(gaps.length - 1, Math.ceil(q * gaps.length) - 1)]
  const gapMs = {
    min: gaps[0],
    median: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: gaps.at(-1),
  }
  const lost = Object.values(perNode).reduce((sum, node) => sum + node.lost, 0)
  const wrong = Object.values(perNode).reduce(
    (sum, node) => sum + node.lost + node.duplicated + node.phantom,
    0,
  )
  const result = {
    command: `npm run bench -- failover --kind ${flags.kind} --count ${count} --writers ${writers}`,
    host: benchHost(),
    rounds: rounds.length,
    gapMs,
    acknowledged,
    lost,
    failed: ledger.failed,
    unknown: ledger.unknown,
    errors: ledger.errors,
    perNode,
    samples: rounds,
  }
  const file = writeFigures(out, result)
  const text = (ms) => `${ms?.toFixed(0)} ms`
  console.log(
    `\n${flags.kind} of the master, ${rounds.length} times, ${writers} writers: write gap median ${text(gapMs.median)}, ` +
      `p95 ${text(gapMs.p95)}, p99 ${text(gapMs.p99)}, max ${text(gapMs.max)}`,
  )
  console.log(
    `${acknowledged} writes acknowledged, ${lost} lost; ${ledger.failed} refused, ${ledger.unknown} unknown ` +
      `${JSON.stringify(ledger.errors)}`,
  )
  console.log(`per node: ${JSON.stringify(perNode)}\n${file}`)
  return wrong === 0 ? 0 : 1
}

function say(round, { master, gapMs, failed }) {
  console.log(`round ${round}: ${flags.kind} ${master}, gap ${gapMs.toFixed(0)} ms, ${failed} refused`)
}

async function awaitTrue({ signal }, what, limitMs, test) {
  const from = now()
  let failure = ''
  const holds = () =>
    test().catch((error) => {
      failure = ` (${error.message})`
      return false
    })
  while (!(await holds())) {
    if (now() - from > limitMs) throw new Error(`gave up after ${limitMs} ms: ${what()}${failure}`)
    if (signal.aborted) return
    await pause(20)
  }
}
