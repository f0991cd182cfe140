import type { LoadSession } from '../load-session.js'
import type { WorkloadSpec } from './load-plan.js'

/** A workload within one thread. */
export interface Workload {
  /** Names of the kinds of operation that its sessions report, e.g. `find-by-mobile`; at least one. */
  readonly classes: readonly string[]
  /** `index` counts over all threads, so that sessions of a run can be told apart by it. */
  openSession(index: number): Promise<LoadSession>
  /** After all sessions are closed. Never rejects. What it counted itself (e.g. rows that it verified) goes to the result. */
  close(): Promise<Readonly<Record<string, number>>>
}

/** Makes a workload in the thread that runs it. Throws what connecting throws. */
export type WorkloadFactory = (
  spec: WorkloadSpec,
  thread: { readonly index: number; readonly of: number; readonly seed: number },
) => Promise<Workload>
