import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { cancelled, reasonOf } from '../../kit/errors.js'
import type { ComponentState } from '../../kit/events.js'
import type { ComponentName, ComponentSpec } from '../../model/component-spec.js'
import type { ExitFact, ProcessRecord } from '../../model/process-record.js'
import type { RunningComponent, Runtime } from '../../runtime/runtime.js'
import { awaitComponent, describeExit } from '../../sys/component-failure.js'
import { endFirstStart } from '../../sys/first-start.js'

export interface SupervisorHooks {
  /** A component that had been ready ended without having been asked to. */
  readonly onGone: (name: ComponentName, exit: ExitFact) => void
  /** The set of processes changed: time to write `run.json`. */
  readonly onChange: (records: Readonly<Record<string, ProcessRecord>>) => Promise<void>
}

/** Starts, adopts, watches and stops the components of one environment. Knows nothing of what they are. */
export class Supervisor {
  readonly #runtime: Runtime
  readonly #specs: ReadonlyMap<ComponentName, ComponentSpec>
  readonly #hooks: SupervisorHooks
  readonly #context: Context
  readonly #running = new Map<ComponentName, RunningComponent>()
  readonly #states = new Map<ComponentName, { state: ComponentState; detail: string | null }>()
  readonly #expectedToStop = new Set<RunningComponent>()

  constructor(input: {
    runtime: Runtime
    specs: readonly ComponentSpec[]
    hooks: SupervisorHooks
    context: Context
  }) {
    this.#runtime = input.runtime
    this.#specs = new Map(input.specs.map((spec) => [spec.name, spec]))
    this.#hooks = input.hooks
    this.#context = input.context
  }

  /** Takes over what an earlier keeper left running; returns the names that were. */
  async adopt(records: Readonly<Record<string, ProcessRecord>>): Promise<ComponentName[]> {
    const adopted: ComponentName[] = []
    for (const spec of this.#specs.values()) {
      const record = records[spec.name]
      const component = record ? this.#runtime.adopt(spec, record) : null
      if (!component) continue
      this.#watch(component)
      adopted.push(spec.name)
    }
    await this.#changed()
    return adopted
  }

  /**
   * Starts a component unless it runs, and waits until it answers its own protocol. `extraArgs` are for this start
   * only, e.g. how a server is to recover from its crash.
   * Throws COMPONENT_START_FAILED or COMPONENT_NOT_READY, with the tail of the component's log.
   */
  async start(name: ComponentName, step?: string, extraArgs: readonly string[] = []): Promise<void> {
    const planned = this.spec(name)
    const spec = { ...planned, args: [...planned.args, ...extraArgs] }
    const { clock, emit, signal } = this.#context
    const component = this.#running.get(name) ?? (await this.#launch(spec))
    try {
      await awaitComponent(spec, {
        exited: component.exited,
        signal,
        clock,
        onWaiting: ({ elapsedMs, lastSeen }) =>
          emit({
            kind: 'step.waiting',
            step: step ?? 'up',
            waitingFor: `${name}: ${lastSeen}`,
            elapsedMs,
            limitMs: spec.readyLimitMs,
          }),
      })
    } catch (error) {
      // Stopped by us in a rollback: then its end is no failure of its own.
      if (this.stateOf(name).state !== 'starting')
        throw cancelled(`${name} was stopped while it was starting`)
      this.mark(name, 'failed', reasonOf(error))
      throw error
    }
    await endFirstStart(spec)
    this.mark(name, 'ready')
  }

  /** Stops a component in order; resolves when its process is gone. */
  async stop(name: ComponentName, state: ComponentState = 'stopped'): Promise<void> {
    const component = this.#running.get(name)
    if (!component) return
    this.mark(name, 'stopping')
    this.#expectedToStop.add(component)
    await component.stop()
    this.mark(name, state)
  }

  /** Ends a component at once: the fence of last resort for a process that we own. */
  async kill(name: ComponentName): Promise<void> {
    const component = this.#running.get(name)
    if (!component) return
    this.#expectedToStop.add(component)
    component.kill('SIGKILL')
    await component.stop()
  }

  mark(name: ComponentName, state: ComponentState, detail: string | null = null): void {
    this.#states.set(name, { state, detail })
    this.#context.emit({
      kind: 'component.state',
      component: name,
      state,
      ...(detail === null ? {} : { detail }),
    })
  }

  spec(name: ComponentName): ComponentSpec {
    return present(this.#specs.get(name), `component ${name}`)
  }

  get names(): readonly ComponentName[] {
    return [...this.#specs.keys()]
  }

  isRunning(name: ComponentName): boolean {
    return this.#running.has(name)
  }

  stateOf(name: ComponentName): { readonly state: ComponentState; readonly detail: string | null } {
    return this.#states.get(name) ?? { state: this.#running.has(name) ? 'ready' : 'planned', detail: null }
  }

  pidOf(name: ComponentName): number | null {
    return this.#running.get(name)?.record.pid ?? null
  }

  /** It may have ended by itself when this resolves: whoever waits for its start finds that out. */
  async #launch(spec: ComponentSpec): Promise<RunningComponent> {
    this.mark(spec.name, 'starting')
    const component = await this.#runtime.start(spec, this.#context)
    this.#watch(component)
    await this.#changed()
    return component
  }

  #watch(component: RunningComponent): void {
    const { name } = component.spec
    this.#running.set(name, component)
    void component.exited.then(async (exit) => {
      if (this.#running.get(name) === component) this.#running.delete(name)
      const expected = this.#expectedToStop.delete(component)
      // One that ends while it starts is the matter of whoever waits for its start.
      const starting = this.stateOf(name).state === 'starting'
      await this.#changed()
      if (expected || starting) return
      this.mark(name, 'failed', `ended unexpectedly (${describeExit(exit)})`)
      this.#hooks.onGone(name, exit)
    })
  }

  #changed(): Promise<void> {
    const records = Object.fromEntries(
      [...this.#running].map(([name, component]) => [name, component.record]),
    )
    return this.#hooks.onChange(records)
  }
}
