/** How one operation ended, for the client that waited for it. */
export type OperationOutcome =
  | { readonly kind: 'ok' }
  /** Certainly not applied. */
  | { readonly kind: 'failed'; readonly errorClass: string }
  /** It may have been applied, now or later. */
  | { readonly kind: 'unknown'; readonly errorClass: string }

/** One object for all: an operation that went well allocates nothing for its outcome. */
export const okOutcome: OperationOutcome = Object.freeze({ kind: 'ok' })
