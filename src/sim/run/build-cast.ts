import { type NodeName, nodeNames, servingRoles } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { defaultRouterLimits, readLeaseMs } from '../../protocol/router/state.js'
import type { Cast } from '../cast.js'
import type { AckLedger } from '../checks/ack-ledger.js'
import type { Facts } from '../checks/facts.js'
import { DatabaseNode } from '../database/database-node.js'
import type { Transactions } from '../database/transactions.js'
import type { Knobs } from '../faults/knobs.js'
import type { Parts } from '../plant/parts.js'
import { addressOf, nodeNameOf } from '../processes/addresses.js'
import { KeeperProcess } from '../processes/keeper-process.js'
import { QlinkDisk } from '../processes/qlink-disk.js'
import { QlinkProcess } from '../processes/qlink-process.js'
import { RouterProcess } from '../processes/router-process.js'
import { followingId, leadingId } from '../processes/server-ids.js'
import { Supervisor } from '../processes/supervisor.js'
import type { TopologyStore } from '../processes/topology-store.js'
import { Network } from '../world/network.js'
import type { Actor, Process } from '../world/process.js'
import { streamOf } from '../world/streams.js'
import { World } from '../world/world.js'

export interface CastInput {
  readonly seed: number
  readonly knobs: Knobs
  readonly parts: Parts
  /** Told to the actors; filled in when the cast is complete. */
  readonly facts: Facts
  readonly ledger: AckLedger
  readonly transactions: Transactions
}

/** Puts a core together: four nodes in a chain, qlink with its first epoch open, keepers, routers with clients. */
export function buildCast(input: CastInput): Cast {
  const { seed, knobs, parts, facts, ledger, transactions } = input
  const world = new World(seed)
  const clocks = streamOf(seed, 'clocks')
  const network = new Network(world, {
    processes: nodeNames.length + 1 + knobs.keepers + knobs.routers,
    baseUs: knobs.networkUs,
  })
  const add = <A extends Actor>(name: string, make: (process: () => Process) => A) => {
    let process: Process | null = null
    const actor = make(() => process as Process)
    process = world.add(name, actor, clocks.below(1_000_000_000))
    return { actor, process }
  }
  const common = { world, network, facts }
  const nodes = nodeNames.map((name, index) =>
    add(name, (process) => {
      const random = streamOf(seed, name)
      return new DatabaseNode(index, process, {
        ...common,
        transactions,
        traits: parts.traits,
        speeds: knobs,
        random,
      })
    }),
  )
  const qlinkDisk = new QlinkDisk(transactions)
  const qlink = add('qlink', (process) => {
    const random = streamOf(seed, 'qlink')
    const { syncUs, linkSilentMs, qlinkLimits: limits } = knobs
    return new QlinkProcess(process, {
      ...common,
      disk: qlinkDisk,
      random,
      limits,
      step: parts.stepQlink,
      syncUs,
      linkSilentMs,
    })
  })
  const store: TopologyStore = { current: firstTopology(), lock: null, lastHolder: qlink.process.index + 1 }
  const databaseNodes = nodes.map(({ actor }) => actor)
  const supervisor = new Supervisor(world, facts, databaseNodes)
  const routers: { readonly actor: RouterProcess; readonly process: Process }[] = []
  const keepers = Array.from({ length: knobs.keepers }, (_, index) =>
    add(`keeper-${index + 1}`, (process) => {
      const { keeperLimits: limits, storeUs } = knobs
      return new KeeperProcess(process, {
        ...common,
        random: streamOf(seed, `keeper-${index + 1}`),
        store,
        supervisor,
        nodes: databaseNodes,
        qlink: () => qlink.process,
        routers: () => routers.map((router) => router.process),
        limits,
        step: parts.stepKeeper,
        performStep: parts.performStep,
        rejoin: parts.rejoin,
        storeUs,
      })
    }),
  )
  for (let index = 0; index < knobs.routers; index++)
    routers.push(
      add(`router-${index + 1}`, (process) => {
        const random = streamOf(seed, `router-${index + 1}`)
        const { clientsPerRouter: clients, thinkUs, readPermille } = knobs
        const limits = { ...defaultRouterLimits, leaseMs: readLeaseMs }
        return new RouterProcess(index, process, {
          ...common,
          random,
          store,
          ledger,
          limits,
          clients,
          thinkUs,
          readPermille,
        })
      }),
    )
  qlinkDisk.journal.push({
    kind: 'open',
    term: 0,
    epoch: 1,
    leader: addressOf(nodeNames[0] as NodeName),
    from: '',
  })
  return {
    world,
    network,
    store,
    supervisor,
    nodes: databaseNodes,
    nodeProcesses: nodes.map(({ process }) => process),
    qlink: qlink.actor,
    qlinkProcess: qlink.process,
    qlinkDisk,
    keepers: keepers.map(({ actor }) => actor),
    keeperProcesses: keepers.map(({ process }) => process),
    routers: routers.map(({ actor }) => actor),
    routerProcesses: routers.map(({ process }) => process),
  }
}

/** Starts everybody: as a core is that has just been made. */
export function startCast(cast: Cast): void {
  const { world } = cast
  for (const process of cast.nodeProcesses) world.start(process)
  for (const [index, node] of cast.nodes.entries())
    if (index === 0) node.bootAs('master', leadingId(nodeNameOf(index), 1))
    else node.bootAs({ source: index === 1 ? 0 : 1 }, followingId(nodeNameOf(index), 1))
  world.start(cast.qlinkProcess)
  for (const process of [...cast.keeperProcesses, ...cast.routerProcesses]) world.start(process)
}

function firstTopology(): Topology {
  const endpoint = { host: 'sim', port: 1, socketPath: 'sim', controlPort: 1 }
  const [master, shadow] = nodeNames
  return {
    epoch: 1,
    version: 1,
    master: master ?? null,
    nodes: nodeNames.map((name, index) => ({
      name,
      role: servingRoles[index] ?? 'quarantined',
      endpoint,
      source: (index === 0 ? null : index === 1 ? master : shadow) ?? null,
      serving: true,
    })),
    reason: 'the first',
  }
}
