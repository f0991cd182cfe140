import { join } from 'node:path'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import type { UpOutcome } from '../../cluster/up.js'
import type { Context } from '../../kit/context.js'
import type { LiveResult } from '../../load/live/live-result.js'
import type { OkGap } from '../../load/live/ok-gaps.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { LoadOutcome } from '../../population/load.js'
import type { PopulationSpec } from '../../population/population.js'
import type { RunHistory } from '../evidence/read-run-history.js'
import type { Findings } from '../judge/check-run.js'
import type { RoleChange } from '../stage/role-spans.js'
import type { RunClock } from '../stage/run-clock.js'
import { startRunClock } from '../stage/run-clock.js'
import type { WriteLoad } from '../stage/write-load.js'
import type { DrillOptions } from './drill-options.js'
import type { DrillRun } from './drill-run.js'
import { StepLog } from './step-log.js'

/** What a drill has come to so far. Each part fills in its own; the result is made from whatever there is. */
export interface DrillState {
  readonly options: DrillOptions
  readonly context: Context
  readonly clock: RunClock
  readonly log: StepLog
  readonly findings: Findings
  readonly keyPrefix: string
  core: UpOutcome | null
  plan: BootPlan | null
  population: LoadOutcome | null
  load: WriteLoad | null
  run: DrillRun | null
  firstRoles: RoleChange | null
  firstMaster: { readonly epoch: number; readonly master: string | null }
  /** When the first step that does something began. */
  struckAtMs: number | null
  /** Rounds of the schedule that were carried out in full. */
  roundsDone: number
  whole: { readonly serving: boolean; readonly text: string } | null
  loaded: LiveResult | null
  longestGap: OkGap | null
  history: RunHistory | null
}

export function beginDrill(options: DrillOptions, context: Context): DrillState {
  const clock = startRunClock(context.clock)
  return {
    options,
    context,
    clock,
    log: new StepLog(context, clock),
    findings: { checks: [], ledger: null, nodes: [], extras: [] },
    keyPrefix: `d${Math.floor(clock.startedAtWallMs).toString(36)}-`,
    core: null,
    plan: null,
    population: null,
    load: null,
    run: null,
    firstRoles: null,
    firstMaster: { epoch: 0, master: null },
    struckAtMs: null,
    roundsDone: 0,
    whole: null,
    loaded: null,
    longestGap: null,
    history: null,
  }
}

export function refOf({ options }: DrillState): EnvironmentRef {
  return { project: options.project, env: options.env }
}

export function populationOf({ options }: DrillState): PopulationSpec {
  return {
    seed: options.seed,
    customers: options.load.customers,
    entities: 81,
    locale: 'zh',
    identity: 'safe',
  }
}

export function historyFileOf({ options }: DrillState): string {
  return join(options.reportDir, 'history.jsonl')
}
