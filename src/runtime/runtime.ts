import type { Context } from '../kit/context.js'
import type { ComponentSpec } from '../model/component-spec.js'
import type { ExitFact, ProcessRecord } from '../model/process-record.js'

/** A started or adopted component. */
export interface RunningComponent {
  readonly spec: ComponentSpec
  readonly record: ProcessRecord
  /** Settles once, when the process is gone, whoever ended it. Never rejects. */
  readonly exited: Promise<ExitFact>
  /** Sends a signal to the server process (SIGKILL, SIGSTOP...); does nothing when it is gone. */
  kill(signal: NodeJS.Signals): void
  /** Stops in order: the spec's signal, then SIGKILL after its grace; also ends the companion. Idempotent. */
  stop(): Promise<ExitFact>
}

/**
 * HOW to run components. One implementation per runtime (native, compose, external), one conformance suite
 * for all of them (`test/conformance/runtime.ts`).
 */
export interface Runtime {
  readonly kind: 'native' | 'compose' | 'external'
  /** Writes the spec's files, starts the process and returns at once; readiness is waited for separately. */
  start(spec: ComponentSpec, context: Context): Promise<RunningComponent>
  /** Takes over a process that an earlier keeper left running; null when it is gone or is another process. */
  adopt(spec: ComponentSpec, record: ProcessRecord): RunningComponent | null
}
