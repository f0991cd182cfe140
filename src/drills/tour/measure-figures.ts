import type { MysqlTarget } from '../../clients/mysql/connection.js'
import type { Endpoints } from '../../cluster/endpoints.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { measureReads } from '../../load/measure-reads.js'
import { measureWrites } from '../../load/measure-writes.js'
import type { ThroughputFigure } from '../../model/demo-result.js'
import type { Topology } from '../../model/topology.js'
import { readersOf } from '../../model/topology.js'
import type { PopulationSpec } from '../../population/population.js'
import type { TourPace } from './tour-options.js'

export interface FigureOptions {
  readonly endpoints: Endpoints
  readonly topology: Topology
  readonly population: PopulationSpec
  readonly pace: TourPace
  /** Told at once: a figure is kept when the next one fails. */
  readonly onFigure: (figure: ThroughputFigure) => void
}

/** Reads on the nodes that serve reads, then durable writes on the master. Throws NO_MASTER. */
export async function measureFigures(options: FigureOptions, context: Context): Promise<void> {
  const { topology, pace } = options
  const target = (name: string): MysqlTarget => {
    const socketPath = options.endpoints.databases.find((node) => node.name === name)?.socketPath
    return {
      socketPath,
      user: databaseAccounts.workload,
      password: options.endpoints.secrets.database.workload,
    }
  }
  if (topology.master === null) throw corelabError('NO_MASTER', { message: 'There is no master to measure' })
  const readers = readersOf(topology).map((node): string => node.name)
  const reads = await measureReads(
    {
      targets: readers.map(target),
      population: options.population,
      connections: pace.readConnections,
      durationMs: pace.measureMs,
    },
    context,
  )
  options.onFigure({ ...reads.figure, nodes: readers })
  const writes = await measureWrites(
    { master: target(topology.master), connections: pace.writeConnections, durationMs: pace.measureMs },
    context,
  )
  options.onFigure({ ...writes.figure, nodes: [topology.master] })
}
