import { readLiveProcesses } from '../../cluster/environment-store.js'
import { withNodeSessions } from '../../cluster/node-sessions.js'
import { uncancelled } from '../../kit/context.js'
import { formatCount } from '../../kit/units.js'
import { readProcStat } from '../../sys/proc-stat.js'
import { sendSignal } from '../../sys/processes.js'
import { keepKeeperEvents } from '../evidence/keep-logs.js'
import { readRunHistory } from '../evidence/read-run-history.js'
import { checkRun } from '../judge/check-run.js'
import { awaitStep } from '../nemesis/await.js'
import { healNetwork } from '../nemesis/break-network.js'
import { releaseAll } from '../nemesis/hold-session.js'
import { releaseKeeper } from '../nemesis/steer-keeper.js'
import { nestedIn } from '../stage/nested-events.js'
import type { DrillRun } from './drill-run.js'
import { topologyNow } from './drill-run.js'
import type { DrillState } from './drill-state.js'
import { historyFileOf, populationOf, refOf } from './drill-state.js'

const wholeLimitMs = 90_000

/** Replicas were seconds behind at most when the load ended; one that needs longer is broken. */
const catchUpLimitMs = 60_000
/** Whoever has pressed Ctrl+C does not want to wait. */
const stoppedCatchUpLimitMs = 3000

/** Some work on the core as it is in the end, so that what is broken in it shows. */
const workAfterMs = 1500

/** Ends every fault, sees whether the core becomes whole again, and lets the clients end. */
export async function settleDrill(drill: DrillState): Promise<void> {
  const { run, log } = drill
  if (run) {
    await log.run({ id: 'heal', title: 'End every fault', always: true }, () => healAll(run))
    if (run.drill.expects.whole !== false) await becomeWhole(drill, run)
  }
  await log.run({ id: 'stop', title: 'Let the clients end', always: true }, () => stopClients(drill))
}

async function healAll(run: DrillRun): Promise<string> {
  releaseAll(run)
  run.load.resume()
  if (run.holdsFrom !== null) await releaseKeeper(run).catch(() => undefined)
  if (run.network) await healNetwork(run, { do: 'heal' }).catch(() => undefined)
  const { keeper, components } = await readLiveProcesses(run.ref)
  const frozen = Object.entries({ ...components, ...(keeper ? { keeper } : {}) }).filter(
    ([, record]) => readProcStat(record.pid)?.state === 'T',
  )
  for (const [name, record] of frozen) {
    sendSignal(record, 'SIGCONT')
    run.faults.end(`frozen ${name}`)
  }
  return frozen.length === 0
    ? 'nothing is broken any more'
    : `${frozen.map(([name]) => name).join(', ')} thawed`
}

async function becomeWhole(drill: DrillState, run: DrillRun): Promise<void> {
  const step = { id: 'whole', title: 'Wait until all four nodes serve' }
  // A drill that could not be carried out says nothing about coming back.
  if (drill.log.failed || drill.context.signal.aborted) return
  const done = await drill.log.run(step, async () => {
    const text = await awaitStep(run, { do: 'await', what: 'whole', limitMs: wholeLimitMs })
    await drill.context.clock.sleep(workAfterMs * run.pace, drill.context.signal)
    return text
  })
  if (!drill.context.signal.aborted)
    drill.whole = { serving: done, text: done ? 'all four nodes serve' : 'not all nodes came back in time' }
}

async function stopClients(drill: DrillState): Promise<string> {
  const { load, run } = drill
  if (!load || !run) return 'there were none'
  drill.longestGap = drill.struckAtMs === null ? null : load.run.longestGapAfter(drill.struckAtMs)
  drill.loaded = await load.finish()
  const { ok, failed, unknown } = drill.loaded
  return `${formatCount(ok)} OK, ${formatCount(failed)} failed, ${formatCount(unknown)} unknown`
}

/** Compares what the clients were told with what the nodes hold, as far as there is something to compare. */
export async function judgeDrill(drill: DrillState): Promise<void> {
  const { log, run } = drill
  // Also after Ctrl+C: what was seen until then is worth knowing.
  const context = uncancelled(drill.context)
  const step = { id: 'checks', title: 'Check what the clients were told', always: true }
  await log.run(step, async () => {
    if (!run || !drill.loaded || !drill.population) return 'nothing to check'
    const history = await readRunHistory(historyFileOf(drill))
    drill.history = history
    const { totalBalance: loadedTotal } = drill.population
    const topology = await topologyNow(run)
    const endpoints = run.endpoints
    await withNodeSessions({ endpoints, topology, signal: context.signal }, (nodes) =>
      checkRun(
        {
          run,
          history,
          keyPrefix: drill.keyPrefix,
          population: populationOf(drill),
          loadedTotal,
          nodes,
          catchUpLimitMs: drill.context.signal.aborted ? stoppedCatchUpLimitMs : catchUpLimitMs,
        },
        drill.findings,
        nestedIn('checks', context),
      ),
    )
    const { checks } = drill.findings
    return `${checks.filter(({ valid }) => valid === true).length} of ${checks.length} hold`
  })
  if (drill.plan) await keepKeeperEvents(refOf(drill), drill.options.reportDir)
}
