import type { DatabaseEngine } from '../model/database-engine.js'
import type { Secrets } from '../model/secrets.js'
import type { Topology } from '../model/topology.js'
import { readJsonFile } from '../sys/files.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf, readPlan, readSecrets } from './environment-store.js'

/** How a person or a program reaches everything in an environment. Holds passwords: never log it. */
export interface Endpoints {
  /** What the database nodes run. */
  readonly engine: DatabaseEngine
  readonly databases: readonly {
    readonly name: string
    readonly role: string
    readonly host: string
    readonly port: number
    readonly socketPath: string
  }[]
  readonly redis: { readonly host: string; readonly port: number; readonly password: string }
  readonly rabbitmq: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly vhost: string
  }
  readonly subsystems: { readonly url: string }
  readonly secrets: Secrets
}

/** Reads them from the state folder; they exist as soon as the environment was started once. */
export async function readEndpoints(ref: EnvironmentRef): Promise<Endpoints> {
  const plan = await readPlan(ref)
  const secrets = await readSecrets(ref)
  const topology = await readJsonFile<Topology>(pathsOf(ref).topologyFile)
  const host = '127.0.0.1'
  return {
    engine: plan.engine,
    databases: plan.nodes.map(({ name, role, endpoint }) => ({
      name,
      role: topology?.nodes.find((node) => node.name === name)?.role ?? role,
      host,
      port: endpoint.port,
      socketPath: endpoint.socketPath,
    })),
    redis: { host, port: plan.ports.redis, password: secrets.redis },
    rabbitmq: {
      host,
      port: plan.ports.rabbitmq,
      user: 'corelab',
      password: secrets.rabbitmq,
      vhost: 'corelab',
    },
    subsystems: { url: `http://${host}:${plan.ports.subsystems}` },
    secrets,
  }
}
