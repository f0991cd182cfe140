import type { ComponentSpec } from './component-spec.js'
import type { DatabaseEngine } from './database-engine.js'
import type { NetworkPlan } from './network.js'
import type { NodeName, Role } from './node.js'
import type { Profile } from './profile.js'
import type { NodeEndpoint } from './topology.js'

/** Every port of an environment, by purpose. One block of consecutive numbers, recorded and reused. */
export interface PortPlan {
  readonly base: number
  readonly databases: Readonly<Record<string, { readonly port: number; readonly controlPort: number }>>
  readonly redis: number
  readonly rabbitmq: number
  readonly rabbitmqDistribution: number
  readonly epmd: number
  readonly subsystems: number
  /** The first of those of the fault proxy, which only drills have. */
  readonly network: number
}

export interface ProgramVersions {
  /** Of the database server, whichever engine it is. */
  readonly database: string
  readonly redis: string
  readonly rabbitmq: string
}

/**
 * The contract between planning and doing: pure data, printable with `--dry-run`. The executor reads
 * nothing else, neither flags nor the environment.
 */
export interface BootPlan {
  readonly schema: 'corelab/boot-plan@1'
  readonly project: { readonly name: string; readonly dir: string }
  readonly env: string
  readonly stateDir: string
  /** Short enough for `sun_path`; the state dir itself, or a private folder under the temp dir. */
  readonly socketDir: string
  readonly profile: Profile
  readonly ports: PortPlan
  /** What the database nodes run. */
  readonly engine: DatabaseEngine
  readonly versions: ProgramVersions
  readonly nodes: readonly {
    readonly name: NodeName
    readonly role: Role
    readonly endpoint: NodeEndpoint
    readonly dataDir: string
  }[]
  /** Every connection to a node goes through a fault proxy; null outside of drills. */
  readonly network: NetworkPlan | null
  /** Whether a failover also ends the old master's process. Only drills do without, to see the seal alone hold. */
  readonly stonith: boolean
  /** Whether the keeper puts settings back that an OK stands on. Only negative controls do without. */
  readonly guarded: boolean
  readonly components: readonly ComponentSpec[]
  /** The folder with system tables that new data dirs are copied from. */
  readonly preparedDataDir: string
}
