import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { pathsOf } from '../../cluster/environment-store.js'
import type { UpOutcome } from '../../cluster/up.js'
import type { ResolvedUnknown } from '../../history/checkers/acknowledged-writes.js'
import type { RecordedTransfers } from '../../history/recorded-transfers.js'
import type { Context } from '../../kit/context.js'
import type { TransferRunResult } from '../../load/live/run-transfers.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { CheckVerdict, ThroughputFigure } from '../../model/demo-result.js'
import { profiles } from '../../model/profile.js'
import type { Project } from '../../model/project-config.js'
import type { LoadOutcome } from '../../population/load.js'
import type { PopulationSpec } from '../../population/population.js'
import type { KeeperRecord } from '../stage/keeper-record.js'
import type { RoleChange } from '../stage/role-spans.js'
import type { RunClock } from '../stage/run-clock.js'
import { startRunClock } from '../stage/run-clock.js'
import type { KillFacts } from './failover-facts.js'
import type { TourOptions, TourPace } from './tour-options.js'
import { defaultPace } from './tour-options.js'
import { TourSteps } from './tour-steps.js'
import type { TransferStage } from './transfer-stage.js'
import { reportDirOf } from './write-report.js'

/** What a tour has come to so far. Each step fills in its part; the result is made from whatever there is. */
export interface TourState {
  readonly options: TourOptions
  readonly pace: TourPace
  readonly context: Context
  readonly clock: RunClock
  readonly steps: TourSteps
  project: Project | null
  plan: BootPlan | null
  core: UpOutcome | null
  record: KeeperRecord | null
  firstRoles: RoleChange | null
  population: LoadOutcome | null
  stage: TransferStage | null
  kill: KillFacts | null
  /** A client got an OK from the next master. */
  survived: boolean
  transfers: { readonly run: TransferRunResult; readonly recorded: RecordedTransfers } | null
  /** Why there is no record of the transfers although they ran. */
  historyError: unknown
  /** What the master waited for during the transfers. */
  durability: string
  resolved: ResolvedUnknown
  readonly checks: CheckVerdict[]
  readonly figures: ThroughputFigure[]
}

export function beginTour(options: TourOptions, context: Context): TourState {
  const clock = startRunClock(context.clock)
  return {
    options,
    pace: options.pace ?? defaultPace,
    context,
    clock,
    steps: new TourSteps(context, clock),
    project: null,
    plan: null,
    core: null,
    record: null,
    firstRoles: null,
    population: null,
    stage: null,
    kill: null,
    survived: false,
    transfers: null,
    historyError: null,
    durability: 'not known',
    resolved: { applied: 0, notApplied: 0 },
    checks: [],
    figures: [],
  }
}

export function refOf(tour: TourState, project: Project): EnvironmentRef {
  return { project, env: tour.options.env }
}

/** The profile in force: that of the running core, else the one that was asked for. */
export function profileOf(tour: TourState): string {
  return tour.core?.status.profile ?? tour.options.profile ?? tour.project?.config.profile ?? 'small'
}

/** The customers that the tour works on. Complete as soon as the core is up. */
export function populationOf(tour: TourState): PopulationSpec {
  const profile = Object.values(profiles).find((each) => each.name === profileOf(tour)) ?? profiles.small
  return {
    seed: tour.options.seed ?? tour.project?.config.seed ?? 0,
    customers: tour.options.users ?? profile.customersDefault,
    entities: 81,
    locale: 'zh',
    identity: 'safe',
  }
}

/** Where the report goes; null before there is a project. */
export function reportDirOfTour(tour: TourState): string | null {
  if (!tour.project) return null
  return reportDirOf(pathsOf(refOf(tour, tour.project)).reportsDir, tour.clock.startedAtWallMs)
}
