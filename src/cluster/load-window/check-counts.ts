import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { cancelled, corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { PopulationSpec } from '../../population/population.js'
import { finishedUnits } from './unit-ledger.js'

/**
 * Counts every sub-table after the restart and compares with what was sent: each page of the new data is read once, and
 * its checksum with it, before anything takes the place of what was there. Throws LOAD_FAILED.
 */
export async function checkCounts(
  options: {
    readonly connect: () => Promise<SqlConnection>
    readonly spec: PopulationSpec
    readonly streams: number
  },
  { signal }: Context,
): Promise<void> {
  const sessions = await Promise.all(Array.from({ length: options.streams }, options.connect))
  try {
    const [first] = sessions
    const units = first ? await finishedUnits(first, options.spec) : []
    const count = async (session: SqlConnection) => {
      for (let unit = units.shift(); unit !== undefined; unit = units.shift()) {
        if (signal.aborted) throw cancelled()
        // Others may have rows there: customers who were opened by calls.
        const [found] = await session.query<{ n: number | string }>(`SELECT COUNT(*) AS n FROM ${unit.unit}`)
        if (Number(found?.n ?? 0) < unit.rows) throw fewer(unit.unit, unit.rows, Number(found?.n ?? 0))
      }
    }
    for (const outcome of await Promise.allSettled(sessions.map(count)))
      if (outcome.status === 'rejected') throw outcome.reason
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

function fewer(unit: string, wanted: number, found: number) {
  return corelabError('LOAD_FAILED', {
    message: `${unit} has ${formatCount(found)} rows after the restart; ${formatCount(wanted)} were loaded`,
    fix: ['corelab users load --abandon', 'then the same command again'],
  })
}
