// Time per row of single-row and of multi-row INSERTs : that of a load, into the same core.
import { dist } from '../frame/dist.mjs'
import { medianOf, sourceOf, timed, withLoads } from './loads.mjs'

const rowsPerStatement = 100
const subTableCount = 16

/**
 * As `sysbench prepare` does it: one connection with the master, autocommit; single rows, and 100 rows per statement. All tables of
 * customers beyond those that are loaded, so that the tables have the same size for all sides. The load is the whole offline
 * load, with stop and start of the core, onto four nodes.
 */
export function measureInserts({ customers, inserted, rounds, profile }, report) {
  return withLoads({ name: 'inserts', profile }, async (core) => {
    const perRow = { load: [], single: [], multi: [] }
    for (let round = 0; round < rounds && !core.context.signal.aborted; round++) {
      if (round > 0) await core.empty()
      const loaded = await core.load(customers)
      perRow.load.push(loaded.ms / loaded.rows)
      const sides = [
        ['single', 1],
        ['multi', rowsPerStatement],
      ]
      if (round % 2 === 1) sides.reverse()
      const session = await sessionOfLoader(core)
      let first = customers
      for (const [side, size] of sides) {
        // A sub-table gets a sixteenth of the rows: so many customers fill statements of that size.
        const count = size === 1 ? inserted : inserted * subTableCount
        const { statements, rows } = await insertsOf({ first, count }, size)
        first += count
        const [, ms] = await timed(async () => {
          for (const statement of statements) await session.query(statement)
        })
        perRow[side].push(ms / rows)
        process.stderr.write(
          `${side}: ${rows} rows, ${statements.length} statements in ${Math.round(ms)} ms\n`,
        )
      }
      await session.close()
    }
    const load = medianOf(perRow.load)
    report({
      figures: {
        'single-row INSERT : load, per row': medianOf(perRow.single) / load,
        'multi-row INSERT : load, per row': medianOf(perRow.multi) / load,
      },
      samples: perRow,
      words: `${customers} customers loaded, ${inserted} inserted row by row; targets >= 8 and >= 3`,
    })
    return 0
  })
}

async function sessionOfLoader({ ref }) {
  const { openConnection } = await dist('clients/mysql/connection.js')
  const { readEndpoints } = await dist('cluster/endpoints.js')
  const { databases, secrets } = await readEndpoints(ref)
  const { socketPath } = databases.find(({ role }) => role === 'master')
  const password = secrets.database.loader
  return openConnection({ socketPath, user: 'corelab_loader', password }, { connectTimeoutMs: 5000 })
}

/** Made before the clock runs. Vouchers are left out: their rows belong to batches, not to customers. */
async function insertsOf(range, size) {
  const { PopulationGenerator } = await dist('population/generator.js')
  const { populationTables } = await dist('population/tables/population-tables.js')
  const { TsvWriter } = await dist('population/tsv-writer.js')
  const { unitName } = await dist('population/load-statement.js')
  const generator = new PopulationGenerator(sourceOf)
  const statements = []
  let rows = 0
  for (const table of populationTables.filter(({ order }) => order !== 'batch')) {
    const keys = generator.keysOf(range, table.order)
    for (let subTable = 0; subTable < table.subTables; subTable++) {
      const writer = new TsvWriter(256 * 1024)
      let text = ''
      const flush = () => {
        text += writer.written().toString('utf8')
        writer.clear()
      }
      generator.write(table, keys, subTable, writer, flush)
      flush()
      const values = text.split('\n').slice(0, -1).map(tupleOf)
      rows += values.length
      const head = `INSERT INTO ${unitName(table, subTable)} (${table.fields.join(', ')}) VALUES `
      for (let at = 0; at < values.length; at += size)
        statements.push(head + values.slice(at, at + size).join(', '))
    }
  }
  return { statements, rows }
}

/** The generator writes nothing that would have to be escaped. */
function tupleOf(line) {
  return `('${line.replaceAll('\t', "', '")}')`
}
