import { join } from 'node:path'
import { planFaultProxyComponent } from '../components/fault-proxy/fault-proxy-component.js'
import { planNetwork } from '../components/fault-proxy/plan-network.js'
import type { MysqlInstallation } from '../components/mysql/installation.js'
import { planMysqlComponent } from '../components/mysql/mysql-component.js'
import { planQlinkComponent } from '../components/qlink/qlink-component.js'
import type { RabbitmqInstallation } from '../components/rabbitmq/rabbitmq-component.js'
import { planRabbitmqComponent } from '../components/rabbitmq/rabbitmq-component.js'
import type { RedisInstallation } from '../components/redis/redis-component.js'
import { planRedisComponent } from '../components/redis/redis-component.js'
import { planSubsystemHostComponent } from '../components/subsystem-host/subsystem-host-component.js'
import { present } from '../kit/assert.js'
import type { BootPlan, PortPlan } from '../model/boot-plan.js'
import type { ComponentSpec } from '../model/component-spec.js'
import type { NetworkPlan } from '../model/network.js'
import type { NodeName } from '../model/node.js'
import { nodeNames, servingRoles } from '../model/node.js'
import type { Profile } from '../model/profile.js'
import type { Secrets } from '../model/secrets.js'
import { statePaths } from '../sys/state-dir.js'

/** Everything a plan depends on, gathered beforehand. */
export interface PlanInput {
  readonly project: { readonly name: string; readonly dir: string }
  readonly env: string
  readonly stateDir: string
  readonly socketDir: string
  readonly profile: Profile
  readonly ports: PortPlan
  readonly secrets: Secrets
  readonly installations: {
    readonly mysql: MysqlInstallation
    readonly redis: RedisInstallation
    readonly rabbitmq: RabbitmqInstallation
  }
  /** The texts of the project's `config/` folder, by server. */
  readonly userConfig: { readonly mysql: string; readonly redis: string; readonly rabbitmq: string }
  readonly preparedDataDir: string
  readonly nodeProgram: string
  readonly hostEntryFile: string
  readonly qlinkEntryFile: string
  readonly proxyEntryFile: string
  readonly faultProxy: boolean
  readonly stonith: boolean
  readonly guarded: boolean
  readonly asRoot: boolean
  readonly directIo: boolean
  /** Raises every component's limit to become ready; null keeps the components' own. */
  readonly readyLimitMs: number | null
}

/** The whole core as data: four database nodes in a chain, cache, broker, subsystem host. Pure and frozen. */
export function planBoot(input: PlanInput): BootPlan {
  const nodes = nodeNames.map((name, index) => planNode(input, { name, index }))
  const { socketDir } = input
  const network = input.faultProxy ? planNetwork({ nodes, firstPort: input.ports.network, socketDir }) : null
  const components = [
    ...(network ? [planProxy(input, network)] : []),
    planBroker(input),
    planQlink(input),
    ...nodes.map((node) => planDatabase(input, node)),
    planRedisComponent({
      ...input,
      userConfig: input.userConfig.redis,
      program: input.installations.redis.server.path,
      paths: statePaths(input.stateDir).component('redis'),
      port: input.ports.redis,
    }),
    planSubsystemHostComponent({
      program: input.nodeProgram,
      entryFile: input.hostEntryFile,
      stateDir: input.stateDir,
      paths: statePaths(input.stateDir).component('subsystems'),
      port: input.ports.subsystems,
    }),
  ]
  return Object.freeze({
    schema: 'corelab/boot-plan@1',
    project: input.project,
    env: input.env,
    stateDir: input.stateDir,
    socketDir: input.socketDir,
    profile: input.profile,
    ports: input.ports,
    engine: input.installations.mysql.engine,
    versions: {
      database: input.installations.mysql.server.version,
      redis: input.installations.redis.server.version,
      rabbitmq: input.installations.rabbitmq.server.version,
    },
    nodes,
    network,
    stonith: input.stonith,
    guarded: input.guarded,
    components: components.map((spec) => withLimit(spec, input.readyLimitMs)),
    preparedDataDir: input.preparedDataDir,
  })
}

/** The plan without the texts of its files, which hold password hashes and the broker's cookie: to be shown. */
export function showablePlan(plan: BootPlan): unknown {
  const components = plan.components.map((spec) => ({
    ...spec,
    files: spec.files.map(({ path, mode, text }) => ({
      path,
      mode: mode.toString(8),
      bytes: Buffer.byteLength(text),
    })),
  }))
  return { ...plan, components }
}

type PlannedNode = BootPlan['nodes'][number]

function planNode(input: PlanInput, node: { name: NodeName; index: number }): PlannedNode {
  const ports = present(input.ports.databases[node.name], `ports of ${node.name}`)
  return {
    name: node.name,
    role: present(servingRoles[node.index], 'role'),
    endpoint: { host: '127.0.0.1', ...ports, socketPath: join(input.socketDir, `${node.name}.sock`) },
    dataDir: statePaths(input.stateDir).component(node.name).data,
  }
}

function planBroker(input: PlanInput): ComponentSpec {
  const { ports } = input
  return planRabbitmqComponent({
    profile: input.profile,
    secrets: input.secrets,
    userConfig: input.userConfig.rabbitmq,
    programs: input.installations.rabbitmq,
    paths: statePaths(input.stateDir).component('rabbitmq'),
    ports: { amqp: ports.rabbitmq, distribution: ports.rabbitmqDistribution, portMapper: ports.epmd },
  })
}

function planQlink(input: PlanInput): ComponentSpec {
  return planQlinkComponent({
    program: input.nodeProgram,
    entryFile: input.qlinkEntryFile,
    stateDir: input.stateDir,
    socketDir: input.socketDir,
    paths: statePaths(input.stateDir).component('qlink'),
  })
}

function planProxy(input: PlanInput, network: NetworkPlan): ComponentSpec {
  return planFaultProxyComponent({
    program: input.nodeProgram,
    entryFile: input.proxyEntryFile,
    paths: statePaths(input.stateDir).component('network'),
    network,
  })
}

function planDatabase(input: PlanInput, { name, endpoint }: PlannedNode): ComponentSpec {
  const paths = statePaths(input.stateDir)
  return planMysqlComponent({
    ...input,
    ...endpoint,
    node: name,
    userConfig: input.userConfig.mysql,
    engine: input.installations.mysql.engine,
    program: input.installations.mysql.server.path,
    paths: paths.component(name),
    loadDir: paths.loadDir,
  })
}

function withLimit(spec: ComponentSpec, readyLimitMs: number | null): ComponentSpec {
  return readyLimitMs === null ? spec : { ...spec, readyLimitMs }
}
