import type { Context } from '../../kit/context.js'
import { type BenchCore, masterOf, targetOf } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { WorkloadSpec } from '../engine/load-plan.js'
import type { LoadRecord } from '../engine/load-record.js'
import type { KeyValueParams } from '../workloads/key-value.js'
import { emptyEntries, makeBenchTables } from './bench-tables.js'
import { fewerClients, requireConnections, spreadOver } from './connection-room.js'
import { keyAccessOf, keysOption } from './database-options.js'
import { conditionsOn } from './db-read.js'
import { oneRowCheck } from './read-checks.js'
import { optionsOf, type Prepared, planOf, type Scenario, type ScenarioOption } from './scenario.js'
import { setSizeWords } from './set-size.js'
import { checkWrites, effectsBefore, type WriteKind } from './write-effects.js'

export const statementOption: ScenarioOption = {
  name: 'statement',
  summary: 'Change a row that is there, or add one',
  default: 'update',
  values: ['update', 'insert'],
}

const title = 'Change one row on the master, durable before the answer'

/** Single-row durable writes on the master, acknowledged by qlink. */
export const dbWrite: Scenario = Object.freeze({
  name: 'db-write',
  title,
  unit: 'QPS',
  about:
    'Each client changes one row by its primary key (or inserts one) and waits until the commit is durable: in the redo log, in the binlog, and in the log of qlink, if the servers are set so; what was really in force is printed beside the figure. The reference platform names 30,000 of these per second.',
  needs: [],
  options: [statementOption, keysOption],
  async prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
    const kind = optionsOf(dbWrite, wishes).statement as WriteKind
    const needs = spreadOver([masterOf(core)], wishes.connections)
    await requireConnections(core, { needs, smaller: fewerClients(wishes) }, context)
    await makeBenchTables(core, context)
    if (kind === 'insert') await emptyEntries(core, context)
    const before = await effectsBefore(core, kind, context)
    const schema = core.benchSchema
    const tablePattern = kind === 'update' ? 'kv' : 'entry'
    const conditions = await conditionsOn(masterOf(core), { schema, tablePattern }, context)
    return {
      plan: planOf(wishes, writePart(core, wishes, kind)),
      title: `${title}: ${kind}; ${setSizeWords(conditions)}`,
      conditions: { ...conditions, transport: wishes.transport, customers: null },
      writes: true,
      operationsMax: core.writesMax,
      verify: async (record: LoadRecord, calm: Context) => {
        const told = { ...record.total, abandoned: record.abandoned }
        const checks = await checkWrites(core, { kind, before, told }, calm)
        return [...(kind === 'update' ? [oneRowCheck(record)] : []), ...checks]
      },
      dispose: (calm) =>
        kind === 'insert' && core.environment !== null
          ? emptyEntries(core, calm).catch(() => undefined)
          : Promise.resolve(),
    }
  },
})

/** What the writes of a run are made of; also of a mixed one. */
export function writePart(core: BenchCore, wishes: RunWishes, kind: WriteKind): WorkloadSpec {
  const { driver, transport, options } = wishes
  const params: KeyValueParams = {
    driver,
    targets: [targetOf(masterOf(core), transport)],
    schema: core.benchSchema,
    statement: kind,
    access: keyAccessOf(options.keys ?? keysOption.default),
    writesMax: core.writesMax,
  }
  return { name: 'key-value', params }
}
