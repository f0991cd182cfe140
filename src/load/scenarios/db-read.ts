import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { type BenchCore, type BenchNode, populationOf, targetOf } from '../bench/bench-core.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { LoadPlan, WorkloadSpec } from '../engine/load-plan.js'
import type { LoadRecord } from '../engine/load-record.js'
import { awaitRowsOnReaders } from '../external/rows-on-readers.js'
import { readServerConditions, type ServerConditions } from '../server-conditions.js'
import type { AccountReadParams } from '../workloads/account-read.js'
import type { KeyValueParams } from '../workloads/key-value.js'
import { makeBenchTables } from './bench-tables.js'
import { fewerClients, requireConnections, spreadOver } from './connection-room.js'
import { keyAccessOf, keysOption, nodeOption, readNodesOf } from './database-options.js'
import { readChecks } from './read-checks.js'
import { optionsOf, type Prepared, planOf, type Scenario } from './scenario.js'
import { setSizeWords } from './set-size.js'
import { statementCheck, tallyStatements } from './statement-tally.js'
import { withNode } from './with-node.js'

const title = 'Read one account by its primary key'

/** Point selects: on all nodes that serve reads, or on one. */
export const dbRead: Scenario = Object.freeze({
  name: 'db-read',
  title,
  unit: 'QPS',
  about:
    'Each client asks for the balance of an account of the loaded customers by its primary key and waits for the answer. Clients take turns over the nodes that serve reads. Rows of sixteen sub-tables, prepared statements. The reference platform names 200,000 of these per second.',
  needs: ['customers (corelab users load); against other servers a small table of its own'],
  options: [nodeOption, keysOption],
  async prepare(core: BenchCore, wishes: RunWishes, context: Context): Promise<Prepared> {
    const options = optionsOf(dbRead, wishes)
    const nodes = readNodesOf(core, options.node ?? nodeOption.default)
    const needs = spreadOver(nodes, wishes.connections)
    await requireConnections(core, { needs, smaller: fewerClients(wishes) }, context)
    const { workload, conditions } = await readPart(core, wishes, nodes, context)
    const plan: LoadPlan = planOf(wishes, workload)
    const before = await tallyStatements(nodes)
    return {
      plan,
      title: `${title}; ${setSizeWords(conditions)}`,
      conditions: {
        ...conditions,
        transport: wishes.transport,
        customers: core.population?.customers ?? null,
      },
      writes: false,
      verify: async (record: LoadRecord) => [
        ...readChecks(core, record),
        statementCheck(record, { before, after: await tallyStatements(nodes) }),
      ],
      dispose: async () => undefined,
    }
  },
})

/** Decoding costs a little: so few rows that it does not show, and thousands in a run. */
const verifyOneIn = 64

/** What reads of a run are made of; also of a mixed one. Throws BENCH_NEEDS, and what connecting throws. */
export async function readPart(
  core: BenchCore,
  wishes: RunWishes,
  nodes: readonly BenchNode[],
  context: Context,
): Promise<{ readonly workload: WorkloadSpec; readonly conditions: ServerConditions }> {
  const { driver, transport } = wishes
  const access = keyAccessOf(wishes.options.keys ?? keysOption.default)
  const targets = nodes.map((node) => targetOf(node, transport))
  const first = present(nodes[0], 'node that reads')
  if (core.environment === null) {
    await makeBenchTables(core, context)
    await awaitRowsOnReaders(core, nodes, context)
    const schema = core.benchSchema
    const conditions = await conditionsOn(first, { schema, tablePattern: 'kv' }, context)
    const params: KeyValueParams = { driver, targets, schema, statement: 'read', access, writesMax: null }
    return { workload: { name: 'key-value', params }, conditions }
  }
  const population = populationOf(core, 'db-read')
  const tables = { schema: 'act', tablePattern: 'settlement_account_%' }
  const conditions = await conditionsOn(first, tables, context)
  const params: AccountReadParams = { driver, targets, population, access, verifyOneIn }
  return { workload: { name: 'account-read', params }, conditions }
}

/** Read before the run: a node that dies in it must not cost the figure. */
export function conditionsOn(
  node: BenchNode,
  tables: { readonly schema: string; readonly tablePattern: string },
  { signal }: Context,
): Promise<ServerConditions> {
  return withNode(node, { signal }, (connection) => readServerConditions(connection, tables))
}
