import { pathsOf, readPlan } from '../../cluster/environment-store.js'
import { networkClient } from '../../cluster/network-client.js'
import { qlinkClient, qlinkSocketOf } from '../../cluster/qlink-client.js'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import { appendTableStatement } from '../../load/live/append-session.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { DrillNeed } from '../../model/drill.js'
import type { NodeName } from '../../model/node.js'
import { keeperSocketOf } from '../../sys/keeper-socket.js'
import { FaultLog } from '../nemesis/fault-log.js'
import { recordFromHere } from '../stage/keeper-record.js'
import { loadCustomers } from '../stage/load-customers.js'
import { nestedIn } from '../stage/nested-events.js'
import { WriteLoad } from '../stage/write-load.js'
import { askNode } from './ask-node.js'
import { openDrillEnvironment } from './drill-environment.js'
import type { DrillRun } from './drill-run.js'
import type { DrillState } from './drill-state.js'
import { historyFileOf, populationOf, refOf } from './drill-state.js'

/** A core, customers, and clients that get OKs. True when all of it is there. */
export async function prepareDrill(drill: DrillState): Promise<boolean> {
  return (await startCore(drill)) && (await loadPeople(drill)) && (await startClients(drill))
}

function startCore(drill: DrillState): Promise<boolean> {
  const { options, log } = drill
  const step = { id: 'core', title: 'Bring up a core of its own' }
  return log.run(step, async () => {
    const ref = refOf(drill)
    const wishes = { ...ref, profile: options.profile, wishes: options.drill.environment }
    drill.core = await openDrillEnvironment(wishes, nestedIn('core', drill.context))
    drill.plan = await readPlan(ref)
    requireNeeds(options.drill.needs, drill.plan)
    const { topology } = drill.core.status
    const roles = Object.fromEntries((topology?.nodes ?? []).map(({ name, role }) => [name, role]))
    drill.firstRoles = { atMs: drill.clock.nowMs(), roles }
    drill.firstMaster = { epoch: topology?.epoch ?? 0, master: topology?.master ?? null }
    return `environment ${options.env}, profile ${drill.core.status.profile}`
  })
}

const missingText: Readonly<Record<DrillNeed, string>> = {
  qlink: 'This core has no qlink',
  'fault-proxy': 'This core runs without a fault proxy, so its network cannot be broken',
  mariadb: 'What this drill does to a node is written for MariaDB, and this core runs another engine',
}

/** Throws DRILL_NEED_UNMET. */
function requireNeeds(needs: readonly DrillNeed[], plan: BootPlan): void {
  const has: Readonly<Record<DrillNeed, boolean>> = {
    qlink: plan.components.some(({ name }) => name === 'qlink'),
    'fault-proxy': plan.network !== null,
    mariadb: plan.engine === 'mariadb',
  }
  const missing = needs.find((need) => !has[need])
  if (missing) throw corelabError('DRILL_NEED_UNMET', { message: missingText[missing] })
}

function loadPeople(drill: DrillState): Promise<boolean> {
  const population = populationOf(drill)
  const step = { id: 'population', title: `Load ${formatCount(population.customers)} customers` }
  return drill.log.run(step, async () => {
    const { endpoints } = present(drill.core, 'core')
    const { loadDir } = pathsOf(refOf(drill))
    drill.population = await loadCustomers(
      { endpoints, population, loadDir },
      nestedIn('population', drill.context),
    )
    return `${formatCount(drill.population.accounts)} accounts`
  })
}

/** So many OKs before the first fault, or nothing can be said about the time before it. */
const oksBeforeMin = 100
const oksLimitMs = 30_000
const lookMs = 50

function startClients(drill: DrillState): Promise<boolean> {
  const { transfers, appends } = drill.options.load.clients
  const step = { id: 'clients', title: `Start ${transfers + appends} clients` }
  return drill.log.run(step, async () => {
    const run = await openRun(drill)
    drill.run = run
    const { clock, signal } = drill.context
    const startedMs = clock.monotonicMs()
    while (run.load.recorder.view.oks < oksBeforeMin) {
      if (clock.monotonicMs() - startedMs > oksLimitMs)
        throw corelabError('DRILL_AWAITED_IN_VAIN', {
          message: `Not ${oksBeforeMin} writes were acknowledged within ${formatDuration(oksLimitMs)}`,
          fix: ['corelab status'],
        })
      await clock.sleep(lookMs, signal)
    }
    return `${formatCount(run.load.recorder.view.oks)} writes acknowledged so far`
  })
}

/** Short enough that the gap of a failover is seen as a gap. */
const pointIntervalMs = 200
/** Hours of it still make a page that opens. */
const soakPointIntervalMs = 1000

async function openRun(drill: DrillState): Promise<DrillRun> {
  const { options, context, clock } = drill
  const ref = refOf(drill)
  const paths = pathsOf(ref)
  const plan = present(drill.plan, 'plan')
  const { endpoints } = present(drill.core, 'core')
  const record = await recordFromHere(paths.eventsFile)
  const makeTable = { plan, endpoints }
  const master = present(drill.firstMaster.master, 'master') as NodeName
  await askNode(makeTable, master, 'workload', (connection) => connection.query(appendTableStatement))
  const load = new WriteLoad(
    {
      endpoints,
      topologyFile: paths.topologyFile,
      keeperSocket: keeperSocketOf(plan.socketDir),
      population: populationOf(drill),
      clients: options.load.clients,
      thinkMs: options.drill.thinkMs ?? options.load.thinkMs,
      historyFile: historyFileOf(drill),
      originMs: clock.originMs,
      keyPrefix: drill.keyPrefix,
      pointIntervalMs: options.soakMs === null ? pointIntervalMs : soakPointIntervalMs,
    },
    context,
  )
  drill.load = load
  const hasQlink = plan.components.some(({ name }) => name === 'qlink')
  return {
    drill: options.drill,
    ref,
    plan,
    endpoints,
    context: nestedIn('schedule', context),
    clock,
    record,
    load,
    faults: new FaultLog(load.recorder, clock),
    network: plan.network ? networkClient(plan.network.apiSocket) : null,
    qlink: hasQlink ? qlinkClient(qlinkSocketOf(plan.socketDir)) : null,
    reportDir: options.reportDir,
    pace: options.quick ? quickPace : 1,
    victims: [],
    sessions: new Map(),
    claims: [],
    broken: [],
    hoard: [],
    loyalGroups: 0,
    holdsFrom: null,
    epochAtFault: drill.firstMaster.epoch,
  }
}

/** What the waits between faults shrink to with `--quick`. */
const quickPace = 0.3
