import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { readStatus } from '../../cluster/status.js'
import { bringUp } from '../../cluster/up.js'
import { unreachable } from '../../kit/assert.js'
import { corelabError } from '../../kit/errors.js'
import { formatDuration } from '../../kit/units.js'
import type { Awaited, DrillStep } from '../../model/drill.js'
import { isThere } from '../../sys/files.js'
import { keepBinlog, keptBinlogDir } from '../evidence/kept-binlog.js'
import { askNode } from '../run/ask-node.js'
import type { DrillRun } from '../run/drill-run.js'
import { nodeNow, topologyNow } from '../run/drill-run.js'
import { keeperHolds } from './steer-keeper.js'

type AwaitStep = Extract<DrillStep, { readonly do: 'await' }>

const lookMs = 25

/** So long without an OK is silence: far longer than any commit takes. */
const silenceMs = 700

/** OKs that must come before writes count as back: not one that was on its way. */
const oksBack = 20

const sentences: Readonly<Record<Awaited, string>> = {
  failover: 'a new master acknowledges writes',
  writes: 'clients get OKs again',
  silence: 'no client gets an OK any more',
  whole: 'all four nodes serve',
  'victim-gone': 'the old master is out of service',
  'keeper-held': 'the keeper holds before the step',
  throttling: 'qlink slows its acknowledgements down',
  'disk-error': 'qlink cannot write its log',
  'unacknowledged-tail': 'the master has transactions that qlink has not',
}

/** Waits for something of the schedule. Throws DRILL_AWAITED_IN_VAIN when it does not come in time. */
export async function awaitStep(run: DrillRun, step: AwaitStep): Promise<string> {
  const { clock, emit, signal } = run.context
  const startedMs = clock.monotonicMs()
  const isThere = await conditionOf(run, step.what)
  let saidMs = startedMs
  while (!(await isThere())) {
    const nowMs = clock.monotonicMs()
    if (nowMs - startedMs > step.limitMs)
      throw corelabError('DRILL_AWAITED_IN_VAIN', {
        message: `Not within ${formatDuration(step.limitMs)}: ${sentences[step.what]}`,
        detail: await whatIsKnown(run),
        fix: ['corelab status', 'corelab logs keeper'],
      })
    if (nowMs - saidMs > 1000) {
      saidMs = nowMs
      emit({
        kind: 'step.waiting',
        step: 'schedule',
        waitingFor: sentences[step.what],
        elapsedMs: nowMs - startedMs,
        limitMs: step.limitMs,
      })
    }
    await clock.sleep(lookMs, signal)
  }
  if (step.what === 'failover') await keepEvidence(run)
  endsFaults(run, step.what)
  return `${sentences[step.what]}, after ${formatDuration(clock.monotonicMs() - startedMs)}`
}

/** Of an old master that was not killed by us there is no copy yet. */
async function keepEvidence(run: DrillRun): Promise<void> {
  const victim = run.victims.at(-1)
  if (victim && !(await isThere(keptBinlogDir(run, victim)))) await keepBinlog(run, victim)
}

/** A killed process is a fault until the service that it gave is there again. */
function endsFaults(run: DrillRun, what: Awaited): void {
  if (what !== 'failover' && what !== 'writes' && what !== 'whole') return
  run.faults.endAll('killed ')
  // The keeper ends a frozen master that it can reach; one out of reach stays frozen.
  if (what === 'failover' && run.drill.environment.stonith) run.faults.endAll('frozen db-')
}

async function conditionOf(run: DrillRun, what: Awaited): Promise<() => boolean | Promise<boolean>> {
  const { view } = run.load.recorder
  const { clock } = run.context
  const oksAtStart = view.oks
  const victim = run.victims.at(-1)
  switch (what) {
    case 'failover':
      return () => view.newestEpoch > run.epochAtFault
    case 'writes':
      return () => view.oks >= oksAtStart + oksBack
    case 'silence':
      return () => view.lastOkAtMs !== null && clock.monotonicMs() - view.lastOkAtMs > silenceMs
    case 'whole':
      return wholeness(run)
    case 'victim-gone':
      return async () => {
        const node = (await topologyNow(run)).nodes.find(({ name }) => name === victim?.node)
        return node !== undefined && !node.serving
      }
    case 'keeper-held':
      return keeperHolds(run)
    case 'throttling':
      return async () => (await run.qlink?.status().catch(() => null))?.throttled === true
    case 'disk-error':
      return async () => ((await run.qlink?.status().catch(() => null))?.diskError ?? null) !== null
    case 'unacknowledged-tail':
      return unacknowledgedTail(run)
    default:
      return unreachable(what)
  }
}

/** A core that does not mend itself is asked to, once. */
async function wholeness(run: DrillRun): Promise<() => Promise<boolean>> {
  if (run.qlink === null)
    await bringUp({ ...run.ref, profile: null, portBase: null, limitMs: null }, run.context)
  return async () => {
    const status = await readStatus(run.ref).catch(() => null)
    return status?.state === 'usable' && status.topology?.nodes.every(({ serving }) => serving) === true
  }
}

/** The master has written what qlink does not have: its clients wait for an answer that cannot come. */
async function unacknowledgedTail(run: DrillRun): Promise<() => Promise<boolean>> {
  const node = await nodeNow(run, 'master')
  const dialect = dialectOf(run.plan.engine)
  return async () => {
    const ahead = await askNode(run, node, 'keeper', (connection) => dialect.writtenPosition(connection))
    const behind = (await run.qlink?.status())?.durable.gtid ?? ahead
    return dialect.transactionsBetween({ behind, ahead }) > 0
  }
}

async function whatIsKnown(run: DrillRun): Promise<string> {
  const topology = await topologyNow(run)
  const roles = topology.nodes
    .map(({ name, role, serving }) => `${name} ${role}${serving ? '' : ' (not serving)'}`)
    .join(', ')
  const said = (await run.record.read())
    .flatMap((event) =>
      event.kind === 'warning'
        ? [`${event.code}: ${event.message}`]
        : event.kind === 'topology'
          ? [`epoch ${event.epoch}, master ${event.master ?? 'none'}: ${event.reason}`]
          : [],
    )
    .slice(-8)
  return [`epoch ${topology.epoch}: ${topology.reason}`, roles, 'The keeper said last:', ...said].join('\n')
}
