import type { ExitCode } from './exit-codes.js'

export interface ErrorEntry {
  /** One sentence: what went wrong, in general. */
  readonly title: string
  /** Why it happens and what to do, for `corelab explain CODE` and `docs/errors.md`. */
  readonly explain: string
  readonly exit: ExitCode
  /** The same command may succeed when it is simply run again. */
  readonly retryable: boolean
}

/** One line of the catalogue. */
export const entry = (exit: ExitCode, title: string, explain: string, retryable = false): ErrorEntry =>
  Object.freeze({ title, explain, exit, retryable })
