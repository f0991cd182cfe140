import type { ResolvedUnknown } from '../../history/checkers/acknowledged-writes.js'
import type { RecordedTransfers } from '../../history/recorded-transfers.js'
import { isoTime } from '../../kit/clock.js'
import type { CorelabEvent } from '../../kit/events.js'
import type { TransferRunResult } from '../../load/live/run-transfers.js'
import type {
  CheckVerdict,
  DemoResult,
  HostFacts,
  ThroughputFigure,
  TourStep,
  TransferFacts,
} from '../../model/demo-result.js'
import type { LoadOutcome } from '../../population/load.js'
import type { RoleChange } from '../stage/role-spans.js'
import { roleSpans } from '../stage/role-spans.js'
import type { RunClock } from '../stage/run-clock.js'
import type { GapSeen, KillFacts } from './failover-facts.js'
import { failoverFacts, roleChanges } from './failover-facts.js'
import { tourVerdict } from './verdict.js'

/** Everything a tour learned; what it did not come to is null or empty. */
export interface TourFacts {
  readonly runClock: RunClock
  readonly corelab: string
  readonly command: string
  readonly projectDir: string
  readonly env: string
  readonly profile: string
  readonly seed: number
  readonly users: number
  readonly host: HostFacts
  readonly cancelled: boolean
  readonly steps: readonly TourStep[]
  readonly population: LoadOutcome | null
  readonly transfers: {
    readonly run: TransferRunResult
    readonly recorded: RecordedTransfers
    readonly durability: string
    readonly resolved: ResolvedUnknown
  } | null
  readonly kill: KillFacts | null
  readonly gap: GapSeen | null
  /** Who was what when the core was up. */
  readonly firstRoles: RoleChange | null
  readonly keeperEvents: readonly CorelabEvent[]
  readonly checks: readonly CheckVerdict[]
  readonly figures: readonly ThroughputFigure[]
}

/** `result.json` from what was learned. Pure: a tour that was stopped anywhere has a result too. */
export function tourResult(facts: TourFacts): DemoResult {
  const { runClock, kill, keeperEvents, firstRoles } = facts
  const durationMs = runClock.nowMs()
  const failover = kill && failoverFacts({ kill, events: keeperEvents, gap: facts.gap, runClock })
  return {
    schema: 'corelab/demo@1',
    ...tourVerdict({ steps: facts.steps, checks: facts.checks, failover, cancelled: facts.cancelled }),
    cancelled: facts.cancelled,
    startedAt: isoTime(runClock.startedAtWallMs),
    durationMs,
    corelab: facts.corelab,
    project: facts.projectDir,
    env: facts.env,
    profile: facts.profile,
    seed: facts.seed,
    users: facts.users,
    command: facts.command,
    host: facts.host,
    steps: facts.steps,
    load: facts.population && {
      customers: facts.population.customers,
      accounts: facts.population.accounts,
      rows: facts.population.rows,
      durationMs: facts.population.durationMs,
      rowsPerSecond: perSecond(facts.population.rows, facts.population.durationMs),
      points: facts.population.points,
    },
    transfers: facts.transfers && transferFacts(facts.transfers),
    failover,
    roles: firstRoles
      ? roleSpans({
          changes: [firstRoles, ...roleChanges(keeperEvents, runClock)],
          killed: kill,
          endMs: durationMs,
        })
      : [],
    checks: facts.checks,
    figures: facts.figures,
  }
}

/** Transfers are counted by their keys, as the checks count them: one that was sent again is one transfer. */
function transferFacts(facts: NonNullable<TourFacts['transfers']>): TransferFacts {
  const { run, recorded, durability, resolved } = facts
  return {
    acknowledged: recorded.acknowledged.size,
    failed: recorded.failed.size,
    unknown: recorded.unknown.size,
    unknownResolved: resolved,
    clients: run.connections,
    durability,
    fromMs: run.fromMs,
    durationMs: run.durationMs,
    pointIntervalMs: run.pointIntervalMs,
    points: run.points,
    latency: run.latency,
  }
}

function perSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? (count / durationMs) * 1000 : 0
}
