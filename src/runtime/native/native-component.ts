import type { Clock } from '../../kit/clock.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { ExitFact, ProcessRecord } from '../../model/process-record.js'
import { sessionOf, startedIn } from '../../sys/leftovers.js'
import { endProcess, isAlive, killProcesses, sendSignal } from '../../sys/processes.js'
import type { RunningComponent } from '../runtime.js'
import { endCompanion } from './companion.js'

/** One server process of this host, started by us or taken over. */
export class NativeComponent implements RunningComponent {
  readonly spec: ComponentSpec
  readonly record: ProcessRecord
  readonly exited: Promise<ExitFact>
  readonly #clock: Clock
  readonly #cleaned: Promise<void>
  #stopped: Promise<ExitFact> | null = null

  constructor(facts: {
    readonly spec: ComponentSpec
    readonly record: ProcessRecord
    readonly exited: Promise<ExitFact>
    readonly clock: Clock
  }) {
    this.spec = facts.spec
    this.record = facts.record
    this.exited = facts.exited
    this.#clock = facts.clock
    // However it ended: its companion and what it forked must not outlive it.
    this.#cleaned = this.exited.then(() => this.#cleanUp())
  }

  kill(signal: NodeJS.Signals): void {
    sendSignal(this.record, signal)
  }

  stop(): Promise<ExitFact> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<ExitFact> {
    await endProcess(this.record, { ...this.spec.stop, clock: this.#clock })
    // SIGKILL had no effect: it hangs in the kernel, and nobody can wait for that.
    if (isAlive(this.record)) return { code: null, signal: null }
    await this.#cleaned
    return this.exited
  }

  async #cleanUp(): Promise<void> {
    // Listed before the first wait: the component may be started again while this still goes on.
    const left = startedIn(this.spec.cwd)
    await endCompanion(this.record.companion, { clock: this.#clock })
    await killProcesses(() => [...left, ...sessionOf(this.record)], this.#clock)
  }
}
