import type { Context } from '../../kit/context.js'
import type { BenchCheck } from '../../model/bench-result.js'
import type { BenchCore } from '../bench/bench-core.js'
import { masterOf } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadRecord } from '../engine/load-record.js'
import type { ReadAndWriteParams } from '../workloads/read-and-write.js'
import { makeBenchTables } from './bench-tables.js'
import { fewerClients, requireConnections, spreadOver } from './connection-room.js'
import { keysOption, nodeOption, readNodesOf } from './database-options.js'
import { conditionsOn, readPart } from './db-read.js'
import { writePart } from './db-write.js'
import { readChecks } from './read-checks.js'
import { numberOf, optionsOf, type Prepared, planOf, type Scenario, type ScenarioOption } from './scenario.js'
import { setSizeWords } from './set-size.js'
import { checkWrites, type EffectsBefore, effectsBefore } from './write-effects.js'

const writesOption: ScenarioOption = {
  name: 'writes',
  summary: 'Percent of the operations that change a row; the reference platform has 13',
  default: '13',
  values: { min: 1, max: 99 },
}

const title = 'Read on the readers and write on the master, in one run'

/** Point reads and durable updates together. */
export const dbMixed: Scenario = Object.freeze({
  name: 'db-mixed',
  title,
  unit: 'QPS',
  about:
    'Each client has a connection to a reader and one to the master. Most operations read an account by its primary key as in db-read, the others update a row durably as in db-write; latency and errors are kept apart. The default share of writes is that of the reference platform: 30,000 of 230,000.',
  needs: ['customers (corelab users load); against other servers a small table of its own'],
  options: [writesOption, nodeOption, keysOption],
  async prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
    const options = optionsOf(dbMixed, wishes)
    const writePercent = numberOf(options, 'writes')
    const nodes = readNodesOf(core, options.node ?? nodeOption.default)
    const reading = spreadOver(nodes, wishes.connections)
    const writing = spreadOver([masterOf(core)], wishes.connections)
    const room = { needs: [...reading, ...writing], smaller: fewerClients(wishes) }
    await requireConnections(core, room, context)
    const read = await readPart(core, wishes, nodes, context)
    await makeBenchTables(core, context)
    const before = await effectsBefore(core, 'update', context)
    const written = { schema: core.benchSchema, tablePattern: 'kv' }
    const { durability } = await conditionsOn(masterOf(core), written, context)
    const params: ReadAndWriteParams = {
      read: read.workload,
      write: writePart(core, wishes, 'update'),
      writePercent,
    }
    return {
      plan: planOf(wishes, { name: 'read-and-write', params }),
      title: `${title}; ${setSizeWords(read.conditions)}`,
      conditions: {
        ...read.conditions,
        durability,
        transport: wishes.transport,
        customers: core.population?.customers ?? null,
      },
      writes: true,
      operationsMax: core.writesMax === null ? null : (core.writesMax * 100) / writePercent,
      verify: (record, calm) => checksOf(core, record, before, calm),
      dispose: async () => undefined,
    }
  },
})

/** Totals are of reads and writes together; of the writes, the workload itself keeps the count. */
async function checksOf(
  core: BenchCore,
  record: LoadRecord,
  before: EffectsBefore,
  context: Context,
): Promise<readonly BenchCheck[]> {
  const { updatesOk = 0, updatesUnknown = 0, updatesBegun = 0, updatesEnded = 0 } = record.counted
  const told = { ok: updatesOk, failed: 0, unknown: updatesUnknown, abandoned: updatesBegun - updatesEnded }
  const checks = await checkWrites(core, { kind: 'update', before, told }, context)
  return [...readChecks(core, record), ...checks]
}
