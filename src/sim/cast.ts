import type { DatabaseNode } from './database/database-node.js'
import type { KeeperProcess } from './processes/keeper-process.js'
import type { QlinkDisk } from './processes/qlink-disk.js'
import type { QlinkProcess } from './processes/qlink-process.js'
import type { RouterProcess } from './processes/router-process.js'
import type { Supervisor } from './processes/supervisor.js'
import type { TopologyStore } from './processes/topology-store.js'
import type { Network } from './world/network.js'
import type { Process } from './world/process.js'
import type { World } from './world/world.js'

/** All who take part in a run, for whoever does something to them or looks at them from outside. */
export interface Cast {
  readonly world: World
  readonly network: Network
  readonly store: TopologyStore
  readonly supervisor: Supervisor
  readonly nodes: readonly DatabaseNode[]
  readonly nodeProcesses: readonly Process[]
  readonly qlink: QlinkProcess
  readonly qlinkProcess: Process
  readonly qlinkDisk: QlinkDisk
  readonly keepers: readonly KeeperProcess[]
  readonly keeperProcesses: readonly Process[]
  readonly routers: readonly RouterProcess[]
  readonly routerProcesses: readonly Process[]
}

/** The keeper in command, if there is one that is awake. */
export function keeperOf(cast: Cast): KeeperProcess | null {
  return (
    cast.keepers.find((keeper, index) => cast.keeperProcesses[index]?.state === 'up' && keeper.isKeeping) ??
    null
  )
}
