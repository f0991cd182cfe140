import type { MysqlTarget } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { corelabError } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { Topology } from '../../model/topology.js'
import type { PopulationSpec } from '../../population/population.js'

/** The servers that a scenario runs against: an environment of ours, or what somebody else runs. Holds passwords. */
export interface BenchCore {
  /** `environment default`, `db.example:3306`: for sentences. */
  readonly name: string
  /** Profile of the environment; `external` for servers that we did not configure. */
  readonly profile: string
  readonly engine: DatabaseEngine
  /** By component, e.g. `database: 10.11.19-MariaDB`. */
  readonly versions: Readonly<Record<string, string>>
  /** Master first, then readers in chain order; only nodes that serve. */
  readonly databases: readonly BenchNode[]
  /** Where scenarios may make and change tables: `bench`, or a schema of our own that is dropped afterwards. */
  readonly benchSchema: string
  /** null when nothing was loaded, or the servers are not ours. */
  readonly population: PopulationSpec | null
  /** Whose CPU is booked; several entries of one name are added up. Empty when they run elsewhere. */
  readonly processes: readonly BenchProcess[]
  /** Everything beside the databases; null for servers that are not ours. */
  readonly environment: BenchEnvironment | null
  /** Operations that may change rows, at most, all runs together; null = as many as there are. */
  readonly writesMax: number | null
}

export interface BenchEnvironment {
  readonly projectDir: string
  readonly env: string
  readonly endpoints: Endpoints
  readonly topology: Topology
  readonly topologyFile: string
  /** For sockets of keeper and qlink. */
  readonly socketDir: string
}

export interface BenchNode {
  readonly name: string
  readonly role: string
  /** The account of load generators. The unix socket, or loopback TCP: see {@link targetOf}. */
  readonly host: string
  readonly port: number
  /** null when the server is on another host. */
  readonly socketPath: string | null
  readonly user: string
  readonly password: string
}

export interface BenchProcess {
  /** `client`, `db-1`, `qlink`, `redis`, `rabbitmq`, `subsystems`, `keeper`. */
  readonly name: string
  readonly role: string | null
  readonly pid: number
}

/**
 * How to reach a node; without a wish, by its unix socket when it has one. Throws USAGE when a unix socket is wanted and
 * there is none.
 */
export function targetOf(
  node: BenchNode,
  transport: 'unix-socket' | 'tcp' = node.socketPath === null ? 'tcp' : 'unix-socket',
): MysqlTarget {
  const { user, password, host, port, socketPath } = node
  if (transport === 'tcp') return { user, password, host, port }
  if (socketPath !== null) return { user, password, socketPath }
  throw corelabError('USAGE', {
    message: `${node.name} has no unix socket on this host`,
    fix: ['--transport tcp'],
  })
}

/** The node that takes writes. Throws NO_MASTER. */
export function masterOf(core: BenchCore): BenchNode {
  const master = core.databases.find(({ role }) => role === 'master')
  if (master) return master
  throw corelabError('NO_MASTER', {
    message: `There is no master in ${core.name}`,
    fix: ['corelab status'],
  })
}

/** For scenarios that need more than databases. Throws USAGE for servers that are not ours. */
export function environmentOf(core: BenchCore, scenario: string): BenchEnvironment {
  if (core.environment) return core.environment
  throw corelabError('USAGE', {
    message: `${scenario} needs a whole core, and ${core.name} is a database only`,
    detail: 'Against servers of somebody else the scenarios db-read, db-write and db-mixed can be run.',
    fix: ['corelab bench list', 'corelab up'],
  })
}

/** Throws BENCH_NEEDS with the command that loads one. */
export function populationOf(core: BenchCore, scenario: string): PopulationSpec {
  if (core.population) return core.population
  throw corelabError('BENCH_NEEDS', {
    message: `${scenario} works on customers, and ${core.name} holds none`,
    fix: ['corelab users load --count 20000'],
  })
}
