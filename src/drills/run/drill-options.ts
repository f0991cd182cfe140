import type { Drill } from '../../model/drill.js'
import type { DrillResult } from '../../model/drill-result.js'
import type { ProfileName } from '../../model/profile.js'
import type { Project } from '../../model/project-config.js'

export interface DrillOptions {
  readonly drill: Drill
  readonly project: Project
  /** Made and deleted by the drill. */
  readonly env: string
  readonly profile: ProfileName
  /** The same seed gives the same customers, transfers and random choices. */
  readonly seed: number
  /** Shorter, for a first look: the waits between faults shrink, nothing else. */
  readonly quick: boolean
  /** Leaves the environment running, to be looked at. */
  readonly keep: boolean
  /** Carries the schedule out so many times, each time on a whole core. */
  readonly rounds: number
  readonly load: DrillLoad
  /** Episodes chosen at random for so long, in the place of the drill's own schedule; null for a drill. */
  readonly soakMs: number | null
  /** Absolute; made when it is not there. */
  readonly reportDir: string
  /** What runs the drill again. */
  readonly command: string
}

export interface DrillLoad {
  readonly clients: { readonly transfers: number; readonly appends: number; readonly readers: number }
  /** A pause of each client before each write. */
  readonly thinkMs: number
  readonly customers: number
}

/**
 * Enough clients that some are always in the middle of a commit, with a pause that leaves a small host time for the
 * servers.
 */
export const defaultLoad: DrillLoad = Object.freeze({
  clients: Object.freeze({ transfers: 8, appends: 16, readers: 1 }),
  thinkMs: 5,
  customers: 2000,
})

export interface DrillOutcome {
  readonly result: DrillResult
  readonly reportDir: string
  /** The environment runs on. */
  readonly kept: boolean
}
