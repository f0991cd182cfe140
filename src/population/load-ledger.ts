import type { SqlConnection } from '../clients/mysql/connection.js'
import { mysqlErrno } from '../clients/mysql/outcome.js'
import { corelabError } from '../kit/errors.js'
import { formatCount } from '../kit/units.js'
import { type PopulationSource, type PopulationSpec, populationLayout } from './population.js'

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
  const groups = await connection.query<LedgerGroup>(groupsSql).catch((error: unknown) => {
    throw mysqlErrno(error) === unknownColumn ? madeByEarlierVersion(error) : error
  })
  const [held] = groups
  if (!held) return { customers: 0, accounts: 0, balance: 0n }
  const same = sourceFields.every((field) => held[field] === spec[field]) && held.layout === populationLayout
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
  { seed, entities, locale, identity }: PopulationSource,
  chunk: LoadedChunk,
): Promise<void> {
  await connection.execute(
    `INSERT INTO corelab.load_chunk
       (first_row, seed, entities, locale, identity, layout, customers, accounts, balance)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[chunk.firstRow, seed, entities, locale, identity, populationLayout],
      ...[chunk.customers, chunk.accounts, chunk.balance],
    ],
  )
}

const sourceFields = ['seed', 'entities', 'locale', 'identity'] as const

const groupsSql = `
  SELECT seed, entities, locale, identity, layout,
         SUM(customers) AS customers, SUM(accounts) AS accounts, SUM(balance) AS balance
    FROM corelab.load_chunk GROUP BY seed, entities, locale, identity, layout`

/** Schemas are made if they are not there, and never altered: an old environment keeps its old ledger. */
const unknownColumn = 1054

function madeByEarlierVersion(cause: unknown) {
  return corelabError('POPULATION_DIFFERS', {
    message: 'This environment was made by an earlier version of corelab, which knew other tables',
    fix: ['corelab down --volumes && corelab up', 'corelab up --env another'],
    cause,
  })
}

/** SUM comes back as a decimal string. */
interface LedgerGroup extends PopulationSource {
  readonly layout: number
  readonly customers: string
  readonly accounts: string
  readonly balance: string
}

function differs(held: LedgerGroup, wanted: PopulationSpec) {
  return corelabError('POPULATION_DIFFERS', {
    message: `This environment already holds another population: ${populationName(held, Number(held.customers))}`,
    detail: [
      `asked for: ${populationName(wanted, wanted.customers)}`,
      ...(held.layout === populationLayout
        ? []
        : [`it was made by version ${held.layout} of the generator; this is version ${populationLayout}`]),
    ].join('\n'),
    fix: [
      `use the same flags and at least ${held.customers} customers`,
      'corelab down --volumes && corelab up',
      'corelab up --env another',
    ],
  })
}

/** For messages: what tells two populations apart. */
export function populationName(
  { seed, entities, locale, identity }: PopulationSource,
  customers: number,
): string {
  const kind = `${locale}, ${identity} numbers`
  return `${formatCount(customers)} customers of seed ${seed} in ${entities} entities (${kind})`
}
