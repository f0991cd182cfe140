import type { DemoResult } from '../../model/demo-result.js'
import type { ProfileName } from '../../model/profile.js'

export interface TourOptions {
  /** The project's folder, absolute; made when it is not there. */
  readonly dir: string
  readonly env: string
  /** null = what the project says. */
  readonly profile: ProfileName | null
  /** Customers to load; null = the profile's number. */
  readonly users: number | null
  /** null = what the project says. */
  readonly seed: number | null
  /** false stops the core again at the end. */
  readonly keepRunning: boolean
  /** What the user typed, for the report. */
  readonly command: string
  readonly pace?: TourPace
}

/** How long and how hard each part of the tour works. */
export interface TourPace {
  readonly clients: number
  readonly loadBeforeKillMs: number
  readonly loadAfterFirstOkMs: number
  readonly readConnections: number
  readonly writeConnections: number
  readonly measureMs: number
}

/** Long enough to see a steady rate on both sides of the failover, short enough for a tour of minutes. */
export const defaultPace: TourPace = Object.freeze({
  clients: 16,
  loadBeforeKillMs: 8_000,
  loadAfterFirstOkMs: 12_000,
  readConnections: 32,
  writeConnections: 32,
  measureMs: 10_000,
})

export interface TourResult extends DemoResult {
  /** Where `result.json`, `report.html` and `history.jsonl` are; null when nothing could be written. */
  readonly reportDir: string | null
  /** Whether the core runs when the tour is over. */
  readonly running: boolean
}
