import type { ErrorShape } from './errors.js'
import { toCorelabError } from './errors.js'

/** The states a supervised component goes through, as people see them. */
export type ComponentState =
  | 'planned'
  | 'preparing'
  | 'starting'
  | 'ready'
  | 'degraded'
  | 'stopping'
  | 'stopped'
  | 'failed'
  | 'quarantined'

/**
 * What happens inside, as data. Code below the CLI never prints: it emits these, and a renderer
 * (Ink, plain lines or JSON Lines) shows them. The keeper also appends them to `events.jsonl`.
 *
 * A step is one line of progress. Steps may nest one level by `parent`.
 */
export type EventBody =
  | { readonly kind: 'step.started'; readonly step: string; readonly title: string; readonly parent?: string }
  | {
      readonly kind: 'step.progress'
      readonly step: string
      readonly done: number
      /** null when the end is not known. */
      readonly total: number | null
      readonly unit: string
      readonly perSecond?: number
      readonly etaMs?: number
      readonly note?: string
    }
  | {
      readonly kind: 'step.waiting'
      readonly step: string
      /** What is waited for, e.g. "db-3: replica caught up (lag 2 transactions)". */
      readonly waitingFor: string
      readonly elapsedMs: number
      readonly limitMs: number
    }
  | {
      readonly kind: 'step.done'
      readonly step: string
      readonly durationMs: number
      readonly summary?: string
    }
  | {
      readonly kind: 'step.failed'
      readonly step: string
      readonly durationMs: number
      readonly error: ErrorShape
    }
  | {
      readonly kind: 'component.state'
      readonly component: string
      readonly state: ComponentState
      readonly detail?: string
    }
  | {
      readonly kind: 'topology'
      readonly epoch: number
      /** null while there is no master. */
      readonly master: string | null
      readonly roles: Readonly<Record<string, string>>
      readonly reason: string
    }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | { readonly kind: 'note'; readonly message: string }

/** An event as it is recorded: numbered and timed by the emitter. */
export type CorelabEvent = EventBody & { readonly at: string; readonly seq: number }

export type Emit = (event: EventBody) => void

/** For callers that do not show progress. */
export const silent: Emit = () => undefined

/** Runs `work` as one step: started, then done or failed, with its duration. The error goes on to the caller. */
export async function asStep<T>(
  emit: Emit,
  step: { readonly step: string; readonly title: string; readonly parent?: string },
  clock: { monotonicMs(): number },
  work: () => Promise<T>,
  summarise?: (result: T) => string,
): Promise<T> {
  const startedMs = clock.monotonicMs()
  emit({ kind: 'step.started', ...step })
  try {
    const result = await work()
    const summary = summarise?.(result)
    const durationMs = clock.monotonicMs() - startedMs
    emit({ kind: 'step.done', step: step.step, durationMs, ...(summary === undefined ? {} : { summary }) })
    return result
  } catch (thrown) {
    const error = toCorelabError(thrown)
    emit({
      kind: 'step.failed',
      step: step.step,
      durationMs: clock.monotonicMs() - startedMs,
      error: error.shape,
    })
    throw error
  }
}
