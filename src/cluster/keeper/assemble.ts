import { dialectOf } from '../../clients/dialects/dialect-of.js'
import { openConnection } from '../../clients/mysql/connection.js'
import type { RedisClient } from '../../clients/redis.js'
import { openRedis } from '../../clients/redis.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { RunRecord } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import type { ProcessRecord } from '../../model/process-record.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { Secrets } from '../../model/secrets.js'
import type { Topology } from '../../model/topology.js'
import { NativeRuntime } from '../../runtime/native/native-runtime.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'
import { startTicksOf } from '../../sys/processes.js'
import { statePaths } from '../../sys/state-dir.js'
import { qlinkClient, qlinkSocketOf } from '../qlink-client.js'
import { addressesOf } from './addresses.js'
import { HoldPoint } from './hold-point.js'
import { dataDirOf, Keeper } from './keeper.js'
import { NodeControl } from './node-control.js'
import type { StepTools } from './step-tools.js'
import { Supervisor } from './supervisor.js'
import { TopologyStore, topologyChannel } from './topology-store.js'

/** The parts of a running keeper, put together from the plan. */
export interface Core {
  readonly keeper: Keeper
  readonly supervisor: Supervisor
  readonly steps: StepTools
  readonly hold: HoldPoint
  /** Takes command of qlink: whoever had it before is refused there from now on. */
  readonly claim: () => Promise<void>
  /** What an earlier keeper left in `run.json`. */
  readonly leftRunning: Readonly<Record<string, ProcessRecord>>
  close(): void
}

const connectTimeoutMs = 5000

export async function assembleCore(input: {
  readonly plan: BootPlan
  readonly secrets: Secrets
  readonly context: Context
}): Promise<Core> {
  const { plan, secrets, context } = input
  const paths = statePaths(plan.stateDir)
  const left = await readJsonFile<RunRecord>(paths.runFile)
  const redis = openRedis({ host: '127.0.0.1', port: plan.ports.redis, password: secrets.redis })
  const store = await TopologyStore.open({
    path: paths.topologyFile,
    initial: firstTopology(plan),
    push: pushTo(redis),
  })
  const addresses = addressesOf(plan)
  const linesOf = () => openControls({ ...input, controlOf: addresses.controlOf })
  const [controls, reads, writes, looks] = [linesOf(), linesOf(), linesOf(), linesOf()]
  const supervisor = new Supervisor({
    runtime: new NativeRuntime(context.clock),
    specs: plan.components,
    hooks: { onGone: (name) => keeper.onGone(name), onChange: runFileWriter(paths.runFile) },
    context,
  })
  const qlink = qlinkClient(qlinkSocketOf(plan.socketDir))
  let term = 0
  const steps: StepTools = {
    dialect: dialectOf(plan.engine),
    controls,
    replicationPassword: secrets.database.replication,
    addressOf: addresses.addressOf,
    qlink,
    term: () => term,
    endProcess: (node) => (plan.stonith ? supervisor.kill(node) : Promise.resolve()),
    context,
  }
  const hold = new HoldPoint(context.emit)
  const keeper: Keeper = new Keeper({
    plan,
    store,
    supervisor,
    hold,
    context,
    tools: steps,
    dataDirOf: (node) => dataDirOf(plan, node),
    extrasDir: paths.extrasDir,
    serverVersion: plan.versions.database,
    openReader: (node) => {
      const { host, port } = present(
        plan.nodes.find(({ name }) => name === node),
        node,
      ).endpoint
      return openConnection(
        { host, port, user: databaseAccounts.workload, password: secrets.database.workload },
        { connectTimeoutMs },
      )
    },
    probes: { reads: { ...steps, controls: reads }, writes: { ...steps, controls: writes } },
    looks: { ...steps, controls: looks },
  })
  return {
    keeper,
    supervisor,
    steps,
    hold,
    claim: async () => {
      term = (await qlink.claim()).term
    },
    leftRunning: left?.components ?? {},
    close() {
      void redis.close()
      for (const lines of [controls, reads, writes, looks])
        for (const control of lines.values()) control.drop()
    },
  }
}

/** Only for speed: whoever misses a push reads `topology.json`, so a failed one is nobody's error. */
function pushTo(redis: RedisClient): (document: string) => void {
  const ignore = () => undefined
  return (document) => {
    redis.set(topologyChannel, document).catch(ignore)
    redis.publish(topologyChannel, document).catch(ignore)
  }
}

function openControls(input: {
  plan: BootPlan
  secrets: Secrets
  context: Context
  controlOf: (node: NodeName) => NodeAddress
}): Map<NodeName, NodeControl> {
  const password = input.secrets.database.keeper
  const { clock } = input.context
  return new Map(
    input.plan.nodes.map(({ name }) => [
      name,
      new NodeControl({ address: input.controlOf(name), password, clock }),
    ]),
  )
}

/** Writes are put in a line: two at once could leave the older of them on disk. */
function runFileWriter(path: string): (components: Readonly<Record<string, ProcessRecord>>) => Promise<void> {
  const keeper: ProcessRecord = {
    pid: process.pid,
    startTicks: present(startTicksOf(process.pid), 'own start time'),
    companion: null,
  }
  let last: Promise<void> = Promise.resolve()
  return (components) => {
    const record: RunRecord = { schema: 'corelab/run@1', keeper, components }
    last = last.then(() => writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 }))
    return last
  }
}

/** The chain of a new environment, as planned. */
function firstTopology(plan: BootPlan): Topology {
  const nodeWith = (role: string) => plan.nodes.find((node) => node.role === role)?.name ?? null
  const sourceOf = (role: string) =>
    role === 'master' ? null : role === 'shadow' ? nodeWith('master') : nodeWith('shadow')
  return {
    epoch: 1,
    version: 1,
    master: nodeWith('master'),
    reason: 'first start',
    nodes: plan.nodes.map(({ name, role }) => ({
      name,
      role,
      endpoint: addressesOf(plan).endpointOf(name),
      source: sourceOf(role),
      serving: true,
    })),
  }
}
