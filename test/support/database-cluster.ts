import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { mariadbDialect } from '../../src/clients/dialects/mariadb.js'
import { openConnection, type SqlConnection } from '../../src/clients/mysql/connection.js'
import { NodeControl } from '../../src/cluster/keeper/node-control.js'
import { wireReplica } from '../../src/cluster/keeper/replication-wiring.js'
import { Supervisor } from '../../src/cluster/keeper/supervisor.js'
import { binlogFilesOf, readOwnFile } from '../../src/cluster/rejoin/own-binlog.js'
import type { RejoinFact, RejoinTools } from '../../src/cluster/rejoin/rejoin-tools.js'
import { systemClock } from '../../src/kit/clock.js'
import type { EventBody } from '../../src/kit/events.js'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import { type NodeName, nodeNames } from '../../src/model/node.js'
import type { LogPlace } from '../../src/model/qlink.js'
import type { Topology } from '../../src/model/topology.js'
import { defaultKeeperLimits, initialKeeperState, type KeeperState } from '../../src/protocol/keeper/state.js'
import { stepKeeper } from '../../src/protocol/keeper/step.js'
import { nextTopology } from '../../src/protocol/keeper/topology-change.js'
import { NativeRuntime } from '../../src/runtime/native/native-runtime.js'
import { type Bench, databaseSpec, openBench } from './real-components.js'
import { testSecrets } from './secrets.js'

/** Real database nodes in a chain, without qlink and keeper: what those would decide, the test decides. */
export interface DatabaseCluster {
  readonly tools: RejoinTools
  readonly events: readonly EventBody[]
  topology(): Topology
  /** A session of the account that owns the schema `bench`. */
  client(node: NodeName): Promise<SqlConnection>
  /** A statement of the keeper's account. */
  ask<T>(node: NodeName, sql: string): Promise<T[]>
  /** The shadow stops receiving: what the master writes from now on is known to nobody. */
  cutOff(node: NodeName): Promise<void>
  receiveAgain(node: NodeName): Promise<void>
  signal(node: NodeName, signal: NodeJS.Signals): void
  kill(node: NodeName): Promise<void>
  /** The next of the chain becomes master of the next epoch; the old one is out of service. `unwired` is left as it is. */
  failOver(options?: { readonly unwired?: NodeName }): Promise<void>
  dispose(): Promise<void>
}

const host = '127.0.0.1'

export async function openDatabaseCluster(count: 2 | 3 | 4): Promise<DatabaseCluster> {
  const bench = await openBench('bank')
  const names = nodeNames.slice(0, count)
  const specs = await Promise.all(names.map((_, index) => databaseSpec(bench.stateDir, { index })))
  const cluster = await assemble(bench, specs)
  try {
    await Promise.all(names.map((name) => cluster.tools.supervisor.start(name)))
    const topology = cluster.topology()
    for (const node of topology.nodes)
      if (node.source !== null) await wireReplica(cluster.tools, topology, node)
    await cluster.ask(names[0] as NodeName, 'SET GLOBAL read_only = OFF')
    return cluster
  } catch (error) {
    await cluster.dispose()
    throw error
  }
}

async function assemble(bench: Bench, specs: readonly ComponentSpec[]): Promise<DatabaseCluster> {
  const events: EventBody[] = []
  const stopping = new AbortController()
  const context = {
    clock: systemClock,
    emit: (event: EventBody) => void events.push(event),
    signal: stopping.signal,
  }
  const portOf = (node: NodeName) => specs.find(({ name }) => name === node)?.ports[0] ?? 0
  const controls = new Map(
    specs.map(({ name, ports }) => [
      name as NodeName,
      new NodeControl({
        address: { node: name as NodeName, host, port: ports[1] ?? 0 },
        password: testSecrets.database.keeper,
        clock: systemClock,
      }),
    ]),
  )
  const supervisor = new Supervisor({
    runtime: new NativeRuntime(),
    specs,
    hooks: { onGone: () => undefined, onChange: async () => undefined },
    context,
  })
  const dataDirOf = (node: NodeName) => join(bench.stateDir, 'components', node, 'data')
  let state: KeeperState = initialKeeperState(firstTopology(specs))
  const ask = <T>(node: NodeName, sql: string) =>
    (controls.get(node) as NodeControl).run(20_000, (connection) => connection.query<T>(sql))
  const tools: RejoinTools = {
    dialect: mariadbDialect,
    controls,
    replicationPassword: testSecrets.database.replication,
    addressOf: (_from, to) => ({ node: to, host, port: portOf(to) }),
    context,
    supervisor,
    dataDirOf,
    extrasDir: join(bench.stateDir, 'extras'),
    serverVersion: '10.11.19-MariaDB',
    topology: () => state.topology,
    qlink: {
      lookup: async (gtids) => ({ places: await placesIn(dataDirOf(masterOf(state.topology)), gtids) }),
    },
    tell: async (fact: RejoinFact) => {
      const event = { ...fact, nowMs: systemClock.monotonicMs() }
      state = stepKeeper(state, event, defaultKeeperLimits).state
    },
  }
  return {
    tools,
    events,
    topology: () => state.topology,
    client: (node) =>
      openConnection(
        { host, port: portOf(node), user: 'corelab_workload', password: testSecrets.database.workload },
        { connectTimeoutMs: 5000 },
      ),
    ask,
    cutOff: async (node) => void (await ask(node, 'STOP SLAVE IO_THREAD')),
    receiveAgain: async (node) => void (await ask(node, 'START SLAVE IO_THREAD')),
    signal: (node, signal) => {
      const pid = supervisor.pidOf(node)
      if (pid !== null) process.kill(pid, signal)
    },
    kill: async (node) => {
      await supervisor.kill(node)
      controls.get(node)?.drop()
    },
    failOver: async (options = {}) => {
      const current = state.topology
      const oldMaster = masterOf(current)
      const order = current.nodes.map(({ name }) => name).filter((name) => name !== oldMaster)
      const candidate = order[0] as NodeName
      await ask(candidate, 'STOP SLAVE')
      await ask(candidate, 'RESET SLAVE ALL')
      await ask(candidate, 'SET GLOBAL read_only = OFF')
      const epoch = current.epoch + 1
      const next = nextTopology({ current, epoch, order, oldMaster, reason: 'test' })
      state = initialKeeperState(next)
      for (const node of next.nodes)
        if (node.source !== null && node.name !== options.unwired) await wireReplica(tools, next, node)
    },
    dispose: async () => {
      stopping.abort()
      for (const control of controls.values()) control.drop()
      for (const { name } of specs) {
        const pid = supervisor.pidOf(name)
        if (pid !== null) process.kill(pid, 'SIGCONT')
        await supervisor.kill(name)
      }
      await bench.dispose()
    },
  }
}

function masterOf({ master }: Topology): NodeName {
  if (master === null) throw new Error('there is no master')
  return master
}

/** Where transactions stand in a master's own binlog: what qlink's log would say. */
async function placesIn(dataDir: string, gtids: readonly string[]): Promise<readonly LogPlace[]> {
  const known = new Set<string>()
  let last = 0
  for (const file of await binlogFilesOf(dataDir)) {
    for (const gtid of await gtidsOf(file)) {
      known.add(gtid)
      last = Math.max(last, Number(gtid.split('-')[2]))
    }
  }
  return gtids.map((gtid) => {
    if (known.has(gtid)) return 'inside'
    return Number(gtid.split('-')[2]) > last ? 'after' : 'foreign'
  })
}

const scanned = new Map<string, readonly string[]>()

/** A file that did not grow is not read again. */
async function gtidsOf(file: string): Promise<readonly string[]> {
  const key = `${file} ${(await stat(file)).size}`
  const known = scanned.get(key)
  if (known) return known
  const own = await readOwnFile(file, new AbortController().signal)
  const gtids = (own?.transactions ?? []).map(({ gtid }) => gtid)
  scanned.set(key, gtids)
  return gtids
}

function firstTopology(specs: readonly ComponentSpec[]): Topology {
  const roles = ['master', 'shadow', 'slave-1', 'slave-2'] as const
  const nodes = specs.map((spec, index) => ({
    name: spec.name as NodeName,
    role: roles[index] ?? ('slave-2' as const),
    endpoint: { host, port: spec.ports[0] ?? 0, controlPort: spec.ports[1] ?? 0, socketPath: '' },
    source: index === 0 ? null : (specs[index === 1 ? 0 : 1]?.name as NodeName),
    serving: true,
  }))
  return { epoch: 1, version: 1, master: nodes[0]?.name ?? null, nodes, reason: 'test' }
}
