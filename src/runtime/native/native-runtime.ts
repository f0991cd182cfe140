import type { Clock } from '../../kit/clock.js'
import { systemClock } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { cancelled } from '../../kit/errors.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { ProcessRecord } from '../../model/process-record.js'
import { beginFirstStart } from '../../sys/first-start.js'
import { sessionOf, startedIn } from '../../sys/leftovers.js'
import { holderOfPort, isPortFree, portInUse } from '../../sys/ports.js'
import { exitOfStranger, isAlive, killProcesses, sendSignal, spawnDetached } from '../../sys/processes.js'
import type { RunningComponent, Runtime } from '../runtime.js'
import { endCompanion, startCompanion } from './companion.js'
import { layOut } from './layout.js'
import { NativeComponent } from './native-component.js'

/** Runs components as processes of this host, in sessions of their own, so that they outlive a dead keeper. */
export class NativeRuntime implements Runtime {
  readonly kind = 'native'
  readonly #clock: Clock

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /**
   * Raises PORT_IN_USE, COMPONENT_START_FAILED and COMPONENT_NOT_READY (its companion), PERMISSION_DENIED,
   * CANCELLED; then nothing of it is left running.
   */
  async start(spec: ComponentSpec, context: Context): Promise<RunningComponent> {
    if (context.signal.aborted) throw cancelled()
    // What was started before and never recorded would sit on the same ports and data.
    await killProcesses(() => startedIn(spec.cwd), this.#clock)
    await layOut(spec)
    await beginFirstStart(spec)
    await requirePorts(spec)
    const companion = await startCompanion(spec, context)
    try {
      const { record, exited } = await spawnDetached(spec)
      return new NativeComponent({ spec, record: { ...record, companion }, exited, clock: this.#clock })
    } catch (error) {
      await endCompanion(companion, context)
      throw error
    }
  }

  adopt(spec: ComponentSpec, record: ProcessRecord): RunningComponent | null {
    const clock = this.#clock
    if (isAlive(record)) {
      return new NativeComponent({ spec, record, exited: exitOfStranger(record, clock), clock })
    }
    // It died while nobody watched; what it had beside itself must not outlive it.
    const rest = [...sessionOf(record), ...(record.companion === null ? [] : [record.companion])]
    for (const each of rest) sendSignal(each, 'SIGKILL')
    return null
  }
}

async function requirePorts(spec: ComponentSpec): Promise<void> {
  for (const port of spec.ports) {
    if (await isPortFree(port)) continue
    throw portInUse({ port, wantedBy: spec.name, holder: await holderOfPort(port) })
  }
}
