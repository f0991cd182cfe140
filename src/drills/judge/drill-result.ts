import { isoTime } from '../../kit/clock.js'
import type { CorelabEvent } from '../../kit/events.js'
import type { DrillLoadFacts, DrillResult, FaultWindow, MasterChange } from '../../model/drill-result.js'
import { masterChanges } from '../evidence/master-changes.js'
import type { DrillState } from '../run/drill-state.js'
import { corelabVersion, hostOfRun } from '../stage/host-of-run.js'
import { roleSpans } from '../stage/role-spans.js'
import { checkExpectations } from './expectations.js'
import { drillVerdict } from './verdict.js'

/** `result.json` of a drill, from whatever it came to: one that was stopped anywhere has a result, too. */
export async function drillResult(drill: DrillState): Promise<DrillResult> {
  const { options, context, clock, findings } = drill
  const { drill: plan } = options
  const events = (await drill.run?.record.read()) ?? []
  const faults = drill.run?.faults.windows() ?? []
  const changes = changesOf(drill, events, faults)
  const longestGapMs = drill.longestGap ? drill.longestGap.firstOkAtMs - drill.longestGap.lastOkAtMs : null
  const checks = [
    ...findings.checks,
    ...(drill.run?.claims ?? []),
    ...expectationsOf(drill, { faults, changes }),
  ]
  const durationMs = clock.nowMs()
  return {
    schema: 'corelab/drill@1',
    id: plan.id,
    name: plan.name,
    state: plan.state,
    shows: plan.shows,
    kind: plan.kind,
    ...drillVerdict({
      drill: plan,
      steps: drill.log.list,
      checks,
      changes,
      ledger: findings.ledger,
      longestGapMs,
      cancelled: context.signal.aborted,
    }),
    cancelled: context.signal.aborted,
    startedAt: isoTime(clock.startedAtWallMs),
    durationMs,
    corelab: await corelabVersion(),
    project: options.project.dir,
    env: options.env,
    profile: options.profile,
    engine: drill.plan?.engine ?? 'not known',
    seed: options.seed,
    quick: options.quick,
    command: options.command,
    host: hostOfRun(drill.plan?.versions ?? null),
    load: loadFacts(drill),
    ledger: findings.ledger,
    steps: drill.log.list,
    faults,
    changes,
    longestGap: drill.longestGap,
    roles: rolesOf(drill, events, durationMs),
    extras: findings.extras,
    epochs: (drill.history?.epochs.epochs ?? []).map(({ epoch, servers, acknowledged }) => ({
      epoch,
      servers,
      acknowledged,
    })),
    staleAnswers: drill.history?.epochs.staleCount ?? null,
    nodes: findings.nodes,
    checks,
  }
}

function changesOf(
  drill: DrillState,
  events: readonly CorelabEvent[],
  faults: readonly FaultWindow[],
): readonly MasterChange[] {
  const epochs = drill.history?.epochs ?? { epochs: [], answers: 0, staleCount: 0, stale: [] }
  return masterChanges({ events, epochs, faults, first: drill.firstMaster, runClock: drill.clock })
}

/** A drill that did not come to its end has not to meet what is expected of its end. */
function expectationsOf(
  drill: DrillState,
  seen: { readonly faults: readonly FaultWindow[]; readonly changes: readonly MasterChange[] },
) {
  const { loaded, history, longestGap, options } = drill
  if (!loaded || !history || drill.roundsDone < options.rounds) return []
  return checkExpectations({
    expects: options.drill.expects,
    rounds: drill.roundsDone,
    ...seen,
    longestGapMs: longestGap ? longestGap.firstOkAtMs - longestGap.lastOkAtMs : null,
    calls: loaded,
    unknownMet: history.unknowns.met,
    whole: drill.whole,
  })
}

function loadFacts({ loaded, options }: DrillState): DrillLoadFacts | null {
  if (!loaded) return null
  return {
    clients: options.load.clients,
    thinkMs: options.drill.thinkMs ?? options.load.thinkMs,
    okPerSecond: loaded.okPerSecond,
    fromMs: loaded.fromMs,
    durationMs: loaded.durationMs,
    latency: loaded.latency,
    pointIntervalMs: loaded.pointIntervalMs,
    points: loaded.points,
    errors: loaded.errors,
  }
}

function rolesOf(drill: DrillState, events: readonly CorelabEvent[], endMs: number) {
  if (!drill.firstRoles) return []
  const changes = events.flatMap((event) =>
    event.kind === 'topology' ? [{ atMs: drill.clock.ofIso(event.at), roles: event.roles }] : [],
  )
  return roleSpans({ changes: [drill.firstRoles, ...changes], killed: null, endMs })
}
