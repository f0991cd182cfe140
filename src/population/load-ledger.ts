import type { SqlConnection } from '../clients/mysql/connection.js'
import { corelabError } from '../kit/errors.js'
import { formatCount } from '../kit/units.js'
import { type PopulationSpec, populationLayout } from './population.js'

/** What the ledger says is in the database already. */
export interface Loaded {
  readonly customers: number
  readonly accounts: number
  /** Sum of the opening balances in minor units. */
  readonly balance: bigint
}

/** One finished chunk: rows `firstRow` to `firstRow + customers - 1` of the population. */
export interface LoadedChunk {
  readonly firstRow: number
  readonly customers: number
  readonly accounts: number
  readonly balance: bigint
}

/**
 * How far the population is loaded. Throws POPULATION_DIFFERS when the environment holds another one, or more of
 * it than was asked for.
 */
export async function readLedger(connection: SqlConnection, spec: PopulationSpec): Promise<Loaded> {
  const groups = await connection.query<LedgerGroup>(
    `SELECT seed, entities, layout, SUM(customers) AS customers, SUM(accounts) AS accounts, SUM(balance) AS balance
       FROM corelab.load_chunk GROUP BY seed, entities, layout`,
  )
  const [held] = groups
  if (!held) return { customers: 0, accounts: 0, balance: 0n }
  const same = held.seed === spec.seed && held.entities === spec.entities && held.layout === populationLayout
  const customers = Number(held.customers)
  if (groups.length > 1 || !same || customers > spec.customers) throw differs(held, spec)
  return { customers, accounts: Number(held.accounts), balance: BigInt(held.balance) }
}

/**
 * Claims a chunk inside the transaction that loads it. A second loader waits for the first at this row, and is then
 * refused by the primary key.
 */
export async function recordChunk(
  connection: SqlConnection,
  { seed, entities }: Pick<PopulationSpec, 'seed' | 'entities'>,
  chunk: LoadedChunk,
): Promise<void> {
  await connection.execute(
    `INSERT INTO corelab.load_chunk (first_row, seed, entities, layout, customers, accounts, balance)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [chunk.firstRow, seed, entities, populationLayout, chunk.customers, chunk.accounts, chunk.balance],
  )
}

/** SUM comes back as a decimal string. */
interface LedgerGroup {
  readonly seed: number
  readonly entities: number
  readonly layout: number
  readonly customers: string
  readonly accounts: string
  readonly balance: string
}

function differs(held: LedgerGroup, wanted: PopulationSpec) {
  const name = (seed: number, customers: number, entities: number) =>
    `${formatCount(customers)} customers of seed ${seed} in ${entities} entities`
  return corelabError('POPULATION_DIFFERS', {
    message: `This environment already holds another population: ${name(held.seed, Number(held.customers), held.entities)}`,
    detail: [
      `asked for: ${name(wanted.seed, wanted.customers, wanted.entities)}`,
      ...(held.layout === populationLayout
        ? []
        : [`it was made by version ${held.layout} of the generator; this is version ${populationLayout}`]),
    ].join('\n'),
    fix: [
      `use the same seed and at least ${held.customers} customers`,
      'corelab down --volumes && corelab up',
      'corelab up --env another',
    ],
  })
}
