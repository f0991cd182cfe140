import type { ErrorShape } from '../kit/errors.js'

export interface WarningShape {
  readonly code: string
  readonly message: string
}

/** About the run itself. Fields are never absent and never change their type. */
export interface EnvelopeMeta {
  readonly command: string
  readonly env: string | null
  readonly durationMs: number
  readonly exit: number
}

/** What `--json` prints when the command did its work, whatever its verdict (that is `meta.exit`). */
export interface AnswerEnvelope {
  readonly schema: string
  readonly ok: true
  readonly data: object
  readonly warnings: readonly WarningShape[]
  readonly meta: EnvelopeMeta
}

export interface ErrorEnvelope {
  readonly schema: 'corelab/error@1'
  readonly ok: false
  readonly error: ErrorShape
  readonly warnings: readonly WarningShape[]
  readonly meta: EnvelopeMeta
}

export function answerEnvelope(
  data: object,
  warnings: readonly WarningShape[],
  meta: EnvelopeMeta,
): AnswerEnvelope {
  return { schema: `corelab/${meta.command.replaceAll(' ', '-')}@1`, ok: true, data, warnings, meta }
}

export function errorEnvelope(
  error: ErrorShape,
  warnings: readonly WarningShape[],
  meta: EnvelopeMeta,
): ErrorEnvelope {
  return { schema: 'corelab/error@1', ok: false, error, warnings, meta }
}
