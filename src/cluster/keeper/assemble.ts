import { mariadbDialect } from '../../clients/dialects/mariadb.js'
import type { RedisClient } from '../../clients/redis.js'
import { openRedis } from '../../clients/redis.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { RunRecord } from '../../model/environment.js'
import type { NodeName } from '../../model/node.js'
import type { ProcessRecord } from '../../model/process-record.js'
import type { Secrets } from '../../model/secrets.js'
import type { Topology } from '../../model/topology.js'
import { NativeRuntime } from '../../runtime/native/native-runtime.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'
import { startTicksOf } from '../../sys/processes.js'
import { statePaths } from '../../sys/state-dir.js'
import { dataDirOf, Keeper } from './keeper.js'
import { NodeControl } from './node-control.js'
import { Supervisor } from './supervisor.js'
import { TopologyStore, topologyChannel } from './topology-store.js'

/** The parts of a running keeper, put together from the plan. */
export interface Core {
  readonly keeper: Keeper
  readonly supervisor: Supervisor
  /** What an earlier keeper left in `run.json`. */
  readonly leftRunning: Readonly<Record<string, ProcessRecord>>
  close(): void
}

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
  const controls = openControls(input)
  const probes = openControls(input)
  const supervisor = new Supervisor({
    runtime: new NativeRuntime(context.clock),
    specs: plan.components,
    hooks: { onGone: (name) => keeper.onGone(name), onChange: runFileWriter(paths.runFile) },
    context,
  })
  const keeper: Keeper = new Keeper({
    plan,
    store,
    supervisor,
    context,
    probes,
    tools: {
      dialect: mariadbDialect,
      controls,
      replicationPassword: secrets.database.replication,
      context,
      supervisor,
      dataDirOf: (node) => dataDirOf(plan, node),
    },
  })
  return {
    keeper,
    supervisor,
    leftRunning: left?.components ?? {},
    close() {
      void redis.close()
      for (const control of [...controls.values(), ...probes.values()]) control.drop()
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
}): Map<NodeName, NodeControl> {
  const password = input.secrets.database.keeper
  const { clock } = input.context
  return new Map(
    input.plan.nodes.map(({ name, endpoint }) => [
      name,
      new NodeControl({ name, endpoint, password, clock }),
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
    nodes: plan.nodes.map(({ name, role, endpoint }) => ({
      name,
      role,
      endpoint,
      source: sourceOf(role),
      serving: true,
    })),
  }
}
