import { awaitReplicas } from '../../cluster/await-replicas.js'
import { pathsOf, readPlan } from '../../cluster/environment-store.js'
import { withNodeSessions } from '../../cluster/node-sessions.js'
import { readStatus } from '../../cluster/status.js'
import { bringUp } from '../../cluster/up.js'
import type { ResolvedUnknown } from '../../history/checkers/acknowledged-writes.js'
import { present } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount, formatDuration } from '../../kit/units.js'
import type { TransferRunResult } from '../../load/live/run-transfers.js'
import { readServerConditions } from '../../load/server-conditions.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { Topology } from '../../model/topology.js'
import { findProject } from '../../project/find-project.js'
import type { ScaffoldOutcome } from '../../project/scaffold.js'
import { executeScaffold, planScaffold } from '../../project/scaffold.js'
import { formatGap } from '../../report/demo/quantity.js'
import { ensureDir } from '../../sys/files.js'
import { recordFromHere } from '../stage/keeper-record.js'
import { loadCustomers } from '../stage/load-customers.js'
import { nestedIn } from '../stage/nested-events.js'
import { checkHistory } from './check-history.js'
import { measureFigures } from './measure-figures.js'
import { recordedRun } from './recorded-run.js'
import { surviveKill } from './survive-kill.js'
import type { TourState } from './tour-state.js'
import { populationOf, refOf, reportDirOfTour } from './tour-state.js'
import { TransferStage } from './transfer-stage.js'
import { watchLoad } from './watch-load.js'

/** The way of a tour, step by step. What a step needs says which steps still make sense after a failure. */
export async function walk(tour: TourState): Promise<void> {
  await writeProject(tour)
  await startCore(tour)
  await loadPeople(tour)
  await startTransfers(tour)
  await killMasterUnderLoad(tour)
  await stopTransfers(tour)
  await check(tour)
  await measure(tour)
}

async function writeProject(tour: TourState): Promise<void> {
  const { dir, profile } = tour.options
  const plan = { id: 'project', title: 'Write the project', needs: [], summarise: projectSummary } as const
  await tour.steps.run(plan, async () => {
    const scaffold = await planScaffold({ dir, profile: profile ?? undefined, force: false })
    const outcome = await executeScaffold(scaffold, nestedIn('project', tour.context))
    tour.project = await findProject({ fromDir: dir })
    return outcome
  })
}

function projectSummary({ dir, files }: ScaffoldOutcome): string {
  const count = Object.values(files).reduce((sum, paths) => sum + paths.length, 0)
  return `${count} files in ${dir}${files.create.length > 0 ? '' : ', already there'}`
}

async function startCore(tour: TourState): Promise<void> {
  const needs = [{ what: 'a project', met: tour.project !== null }]
  const plan = {
    id: 'core',
    title: 'Bring the core up',
    needs,
    summarise: () => 'usable: 4 database nodes, Redis, RabbitMQ, 21 subsystems',
  } as const
  await tour.steps.run(plan, async () => {
    const ref = refOf(tour, present(tour.project, 'project'))
    const wishes = { profile: tour.options.profile, portBase: null, limitMs: null }
    tour.core = await bringUp({ ...ref, ...wishes }, nestedIn('core', tour.context))
    tour.plan = await readPlan(ref)
    tour.record = await recordFromHere(pathsOf(ref).eventsFile)
    const nodes = tour.core.status.topology?.nodes ?? []
    const roles = Object.fromEntries(nodes.map((node) => [node.name, node.role]))
    tour.firstRoles = { atMs: tour.clock.nowMs(), roles }
  })
}

async function loadPeople(tour: TourState): Promise<void> {
  const population = populationOf(tour)
  const plan = {
    id: 'population',
    title: `Load ${formatCount(population.customers)} customers`,
    needs: [coreRuns(tour)],
    summarise: () => {
      const { customers, accounts, alreadyLoaded } = present(tour.population, 'population')
      return `${formatCount(customers)} customers with ${formatCount(accounts)} accounts${alreadyLoaded ? ', already there' : ''}`
    },
  } as const
  await tour.steps.run(plan, async () => {
    const ref = refOf(tour, present(tour.project, 'project'))
    const { loadDir } = pathsOf(ref)
    const { endpoints } = present(tour.core, 'core')
    const startedMs = tour.clock.nowMs()
    const loaded = await loadCustomers(
      { endpoints, population, loadDir },
      nestedIn('population', tour.context),
    )
    // The loader's clock begins with the load, the report's with the tour.
    const points = loaded.points.map((point) => ({ ...point, atMs: point.atMs + startedMs }))
    tour.population = { ...loaded, points }
    await withNodeSessions(await sessionOptions(tour), (nodes) =>
      awaitReplicas(nodes, nestedIn('population', tour.context)),
    )
  })
}

async function startTransfers(tour: TourState): Promise<void> {
  const { pace } = tour
  const plan = {
    id: 'transfers',
    title: `Run transfers by ${pace.clients} clients`,
    needs: [{ what: 'customers', met: tour.population !== null }],
    summarise: () => `${formatCount(tour.stage?.run.counters().ok ?? 0)} acknowledged before the kill`,
  } as const
  await tour.steps.run(plan, async () => {
    const reportDir = present(reportDirOfTour(tour), 'report folder')
    await ensureDir(reportDir)
    const stage = new TransferStage(
      {
        endpoints: present(tour.core, 'core').endpoints,
        topologyFile: pathsOf(refOf(tour, present(tour.project, 'project'))).topologyFile,
        population: populationOf(tour),
        clients: pace.clients,
        reportDir,
        runClock: tour.clock,
      },
      nestedIn('transfers', tour.context),
    )
    tour.stage = stage
    const accounts = { schema: 'act', tablePattern: 'settlement_account_%' }
    const conditions = await stage.dataSource.read('master', (master) =>
      readServerConditions(master, accounts),
    )
    tour.durability = conditions.durability
    const isOver = (elapsedMs: number) => elapsedMs >= pace.loadBeforeKillMs
    await watchLoad({ step: 'transfers', run: stage.run, isOver }, tour.context)
    if (stage.run.counters().ok === 0) throw noTransfers(await stage.finish())
  })
}

function noTransfers({ durationMs, errors }: TransferRunResult) {
  const met = Object.entries(errors).map(([errorClass, count]) => `${formatCount(count)} x ${errorClass}`)
  return corelabError('STEP_FAILED', {
    message: `No transfer was acknowledged within ${formatDuration(durationMs)}`,
    detail: met.length > 0 ? `The clients met:\n${met.join('\n')}` : 'No transfer came to an end.',
    fix: ['corelab status'],
  })
}

async function killMasterUnderLoad(tour: TourState): Promise<void> {
  const { stage } = tour
  const flows = stage !== null && stage.run.counters().ok > 0
  const plan = {
    id: 'failover',
    title: 'Kill the master under load',
    needs: [{ what: 'acknowledged transfers', met: flows }],
    summarise: () => {
      const { kill } = tour
      const gap = kill && stage?.run.longestGapAfter(kill.atMs)
      return gap ? `writes again ${formatGap(gap.firstOkAtMs - gap.lastOkAtMs)} after the last one` : 'killed'
    },
  } as const
  await tour.steps.run(plan, async () => {
    await surviveKill(
      {
        ref: refOf(tour, present(tour.project, 'project')),
        stage: present(stage, 'load'),
        record: present(tour.record, 'keeper record'),
        runClock: tour.clock,
        loadAfterFirstOkMs: tour.pace.loadAfterFirstOkMs,
        onKilled: (kill) => {
          tour.kill = kill
        },
      },
      nestedIn('failover', tour.context),
    )
    tour.survived = true
  })
}

/** The load ends here whatever became of the failover. A damaged history is the failure of the checks. */
async function stopTransfers(tour: TourState): Promise<void> {
  const { stage } = tour
  if (!stage) return
  try {
    tour.transfers = { run: await stage.finish(), recorded: await recordedRun(stage.historyFile) }
  } catch (error) {
    tour.historyError = error
  }
}

async function check(tour: TourState): Promise<void> {
  const plan = {
    id: 'checks',
    title: 'Check what the clients were told',
    needs: [{ what: 'transfers', met: tour.transfers !== null || tour.historyError !== null }],
    summarise: () => {
      const valid = tour.checks.filter((each) => each.valid === true).length
      return `${valid} of ${tour.checks.length} checks hold`
    },
  } as const
  await tour.steps.run(plan, async () => {
    if (tour.historyError !== null) throw tour.historyError
    await withNodeSessions(await sessionOptions(tour), (nodes) => {
      const transfers = present(tour.transfers, 'transfers')
      const question = {
        nodes,
        recorded: transfers.recorded,
        keyPrefix: transfers.run.keyPrefix,
        population: populationOf(tour),
        loadedTotal: present(tour.population, 'population').totalBalance,
        onCheck: (each: CheckVerdict) => tour.checks.push(each),
        onResolved: (resolved: ResolvedUnknown) => {
          tour.resolved = resolved
        },
      }
      return checkHistory(question, nestedIn('checks', tour.context))
    })
  })
}

async function measure(tour: TourState): Promise<void> {
  const { pace, figures } = tour
  const plan = {
    id: 'figures',
    title: 'Measure reads and durable writes',
    needs: [coreRuns(tour), { what: 'customers', met: tour.population !== null }],
    summarise: () =>
      figures.map((each) => `${formatCount(each.operationsPerSecond)} ${each.name}s/s`).join(', '),
  } as const
  await tour.steps.run(plan, async () => {
    await measureFigures(
      {
        endpoints: present(tour.core, 'core').endpoints,
        topology: await currentTopology(tour),
        population: populationOf(tour),
        pace,
        onFigure: (figure) => figures.push(figure),
      },
      nestedIn('figures', tour.context),
    )
  })
}

/** Who is master now: not who was when the core came up. */
async function currentTopology(tour: TourState): Promise<Topology> {
  const { topology } = await readStatus(refOf(tour, present(tour.project, 'project')))
  if (topology === null) throw corelabError('NO_MASTER', { message: 'The core is not running any more' })
  return topology
}

async function sessionOptions(tour: TourState) {
  const { endpoints } = present(tour.core, 'core')
  return { endpoints, topology: await currentTopology(tour), signal: tour.context.signal }
}

function coreRuns(tour: TourState) {
  return { what: 'a running core', met: tour.core !== null }
}
