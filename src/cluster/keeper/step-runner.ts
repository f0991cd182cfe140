import type { Context } from '../../kit/context.js'
import { reasonOf, toCorelabError } from '../../kit/errors.js'
import type { KeeperEffect, KeeperEvent, KeeperState } from '../../protocol/keeper/state.js'
import type { HoldPoint } from './hold-point.js'
import { performStep } from './perform-step.js'
import type { StepTools } from './step-tools.js'

type Perform = Extract<KeeperEffect, { readonly kind: 'perform' }>
type Report =
  | Omit<Extract<KeeperEvent, { readonly kind: 'step-done' }>, 'nowMs'>
  | Omit<Extract<KeeperEvent, { readonly kind: 'step-failed' }>, 'nowMs'>

export interface StepRunnerParts {
  readonly tools: StepTools
  readonly hold: HoldPoint
  readonly context: Context
  readonly state: () => KeeperState
  readonly tell: (report: Report) => Promise<void>
}

/** Performs the machine's steps one after the other; a later one ends the wait of an earlier one. */
export class StepRunner {
  readonly #parts: StepRunnerParts
  #current = new AbortController()
  #last: Promise<void> = Promise.resolve()

  constructor(parts: StepRunnerParts) {
    this.#parts = parts
  }

  run(effect: Perform, after: Promise<void>): void {
    this.#current.abort()
    const current = new AbortController()
    this.#current = current
    this.#last = this.#last.then(async () => {
      await after
      if (!current.signal.aborted) await this.#perform(effect, current.signal)
    })
  }

  async #perform({ step, ticket, attempt }: Perform, leftOff: AbortSignal): Promise<void> {
    const { tools, hold, context, state, tell } = this.#parts
    const { clock, emit, signal } = context
    const id = `${state().workflow?.kind ?? 'failover'}.${step.kind}`
    await hold.pass(step.kind)
    const startedMs = clock.monotonicMs()
    const elapsedMs = () => clock.monotonicMs() - startedMs
    emit({ kind: 'step.started', step: id, title: `${titles[step.kind]} (attempt ${attempt})` })
    const during: Context = { ...context, signal: AbortSignal.any([signal, leftOff]) }
    try {
      const report = await performStep({ ...tools, context: during }, step, state().topology)
      emit({ kind: 'step.done', step: id, durationMs: elapsedMs() })
      void tell({ kind: 'step-done', ticket, report })
    } catch (error) {
      emit({ kind: 'step.failed', step: id, durationMs: elapsedMs(), error: toCorelabError(error).shape })
      if (!signal.aborted) void tell({ kind: 'step-failed', ticket, reason: reasonOf(error) })
    }
  }
}

const titles: Readonly<Record<Perform['step']['kind'], string>> = {
  seal: 'Seal the epoch',
  halt: 'Let the survivors stop receiving',
  survey: 'See who has the longest history',
  drain: 'Apply everything that was received',
  attach: 'Attach qlink to the next master',
  open: 'Open the next master for writes',
  repoint: 'Let the others follow the new chain',
  check: 'Check that a switchover will be short',
  quiesce: 'Let the transactions in flight end',
  level: 'Level the next master with the present one',
  release: 'Give the writes back to the old master',
}
