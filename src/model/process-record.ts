/**
 * A process that survives us in `run.json`. A pid alone is reused by the kernel; with its start time it is
 * one process only.
 */
export interface ProcessRecord extends ProcessId {
  readonly companion: ProcessId | null
}

/** One process, and not whoever has that pid later. */
export interface ProcessId {
  readonly pid: number
  /** Field 22 of `/proc/<pid>/stat`: clock ticks after boot at which it started. */
  readonly startTicks: string
}

/** How a process ended. */
export interface ExitFact {
  readonly code: number | null
  /** null when unknown: an adopted process is not our child. */
  readonly signal: string | null
}
