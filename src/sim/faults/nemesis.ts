import type { Cast } from '../cast.js'
import { deeds, recloneHeld, type Undo } from './deeds.js'
import type { Fault } from './schedule.js'

/** Does the faults of a schedule, and undoes them. */
export class Nemesis {
  readonly #cast: Cast
  readonly #active = new Map<number, Undo>()

  constructor(cast: Cast) {
    this.#cast = cast
  }

  begin(mark: number, fault: Fault): void {
    this.#tell(textOf(fault))
    const undo = deeds[fault.kind](this.#cast, fault)
    if (undo !== null) this.#active.set(mark, undo)
  }

  end(mark: number, fault: Fault): void {
    const undo = this.#active.get(mark)
    if (undo === undefined) return
    this.#tell(`${fault.kind} is over`)
    this.#active.delete(mark)
    undo()
  }

  /** Everything that lasts ends; a person sees that all processes of this side run. */
  healAll(): void {
    const { world, network, keeperProcesses, routerProcesses } = this.#cast
    this.#tell('everything heals')
    for (const undo of this.#active.values()) undo()
    this.#active.clear()
    network.healAll()
    for (const process of world.processes) world.thaw(process)
    for (const process of [...keeperProcesses, ...routerProcesses]) world.start(process)
  }

  /** A person brings back what was given up, and makes anew what is held. */
  tidyUp(keeper: { reconcile(): void } | null): void {
    this.#tell('a person tidies up')
    keeper?.reconcile()
    recloneHeld(this.#cast)
  }

  #tell(what: string): void {
    const { world } = this.#cast
    world.story?.tell(world.nowUs, 'fault', what)
  }
}

function textOf({ kind, target, durationUs, choice }: Fault): string {
  return `${kind} (${target}, ${Math.round(durationUs / 1000)} ms, choice ${choice})`
}
