/**
 * A process that survives us in `run.json`. A pid alone is reused by the kernel; with its start time it is
 * one process only.
 */
export interface ProcessRecord {
  readonly pid: number
  /** Field 22 of `/proc/<pid>/stat`: clock ticks after boot at which it started. */
  readonly startTicks: string
  readonly companion: { readonly pid: number; readonly startTicks: string } | null
}

/** How a process ended. */
export interface ExitFact {
  readonly code: number | null
  /** null when unknown: an adopted process is not our child. */
  readonly signal: string | null
}
