import type { NodeName } from '../../model/node.js'

/**
 * What a read asks of the node that serves it:
 *
 * - `master`            everything that was acknowledged before it was asked;
 * - `read-your-writes`  everything that its own session has written: a replica that has it, else the master;
 * - `bounded`           everything but what is younger than a limit: a replica known to be within it, else the master;
 * - `any`               nothing: whoever takes part in reading, however far behind within the limits.
 */
export type ReadMode = 'master' | 'read-your-writes' | 'bounded' | 'any'

/** One piece of work that looks for a node. A write asks for the `master`. */
export interface Wish {
  readonly request: number
  readonly mode: ReadMode
  readonly deadlineMs: number
  /** For `bounded`. */
  readonly maxLagMs?: number | undefined
  /** The epoch in which the session wrote last: a router that has only heard of earlier ones must not serve it. */
  readonly minEpoch?: number | undefined
  /** Replicas that were found to lack what the session wrote. */
  readonly avoid?: readonly NodeName[] | undefined
}

/** A wish that has to wait, and for what. */
export interface HeldRequest extends Wish {
  /**
   * `master`: there is none. `retry`: its node could not take it. `truth`: it is not certain that what is known of
   * the master is still true.
   */
  readonly waitsFor: 'master' | 'retry' | 'truth'
  /** Looked at again then, or as soon as there is a newer topology; null = only then. */
  readonly retryAtMs: number | null
}
