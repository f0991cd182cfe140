/** A bug in corelab itself: an invariant did not hold. Exit code 70. */
export class BugError extends Error {
  override readonly name = 'BugError'
}

/** States what must be true; a violation is a bug of ours, never bad input. Throws {@link BugError}. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BugError(message)
}

/** Closes a `switch` over a union: the compiler proves that nothing gets here. */
export function unreachable(value: never): never {
  throw new BugError(`unreachable case: ${JSON.stringify(value)}`)
}

/** A value the caller knows to be there. Throws {@link BugError} with the name of what was missing. */
export function present<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`)
  return value
}
