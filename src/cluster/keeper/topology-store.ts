import { assert } from '../../kit/assert.js'
import type { Topology } from '../../model/topology.js'
import { isNewer } from '../../model/topology.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'

/** The channel of pushes; the same document stands under the key of the same name, for a late joiner. */
export const topologyChannel = 'corelab:topology'

/** The keeper's durable truth about roles. The file is written and fsynced before anybody is told. */
export class TopologyStore {
  #current: Topology
  readonly #path: string
  readonly #push: (document: string) => void

  private constructor(path: string, current: Topology, push: (document: string) => void) {
    this.#path = path
    this.#current = current
    this.#push = push
  }

  /** Reads what an earlier keeper left, or begins with `initial`. Throws FILE_DAMAGED. */
  static async open(input: {
    readonly path: string
    readonly initial: Topology
    readonly push: (document: string) => void
  }): Promise<TopologyStore> {
    const known = await readJsonFile<Topology>(input.path)
    const store = new TopologyStore(input.path, known ?? input.initial, input.push)
    if (!known) await store.#save(input.initial)
    return store
  }

  get current(): Topology {
    return this.#current
  }

  async publish(topology: Topology): Promise<void> {
    assert(isNewer(topology, this.#current), `epoch ${topology.epoch}.${topology.version} is not newer`)
    await this.#save(topology)
    this.#current = topology
    this.pushCurrent()
  }

  /** Tells again what everybody may have missed while the cache was down. */
  pushCurrent(): void {
    this.#push(JSON.stringify(this.#current))
  }

  async #save(topology: Topology): Promise<void> {
    await writeFileAtomic(this.#path, `${JSON.stringify(topology, null, 2)}\n`, { mode: 0o600 })
  }
}
