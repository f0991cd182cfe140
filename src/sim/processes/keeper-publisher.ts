import type { Topology } from '../../model/topology.js'
import type { KeeperEffect } from '../../protocol/keeper/state.js'
import type { TopologyStore } from './topology-store.js'

type Perform = Extract<KeeperEffect, { readonly kind: 'perform' }>
type Entry = { readonly kind: 'publish'; readonly topology: Topology } | Perform

export interface PublisherPorts {
  readonly store: TopologyStore
  /** Calls `written` when the topology is on the disk. */
  readonly write: () => void
  readonly onPublished: (topology: Topology) => void
  readonly perform: (effect: Perform) => void
}

/** Keeps the order between what is made durable and what is begun after it. */
export class KeeperPublisher {
  readonly #ports: PublisherPorts
  #entries: Entry[] = []
  #writing: Topology | null = null

  constructor(ports: PublisherPorts) {
    this.#ports = ports
  }

  add(entry: Entry): void {
    // A step that did not begin yet and is followed by another one never begins.
    if (entry.kind === 'perform') this.#entries = this.#entries.filter((each) => each.kind === 'publish')
    this.#entries.push(entry)
    this.#pump()
  }

  written(): void {
    const topology = this.#writing
    if (topology === null) return
    this.#writing = null
    this.#ports.store.current = topology
    this.#ports.onPublished(topology)
    this.#pump()
  }

  reset(): void {
    this.#entries = []
    this.#writing = null
  }

  #pump(): void {
    while (this.#writing === null) {
      const entry = this.#entries.shift()
      if (entry === undefined) return
      if (entry.kind === 'perform') {
        this.#ports.perform(entry)
        continue
      }
      this.#writing = entry.topology
      this.#ports.write()
    }
  }
}
