import type { DatabaseEngine } from '../../model/database-engine.js'
import type { SqlConnection } from '../mysql/connection.js'
import { mysqlErrno } from '../mysql/outcome.js'
import { checksumLength, eventTypes, headerLength, NotReplayable, typeOf } from './event.js'
import type { BinlogFormat } from './format-description.js'
import { type LoggedQuery, readQuery } from './query-variables.js'
import { type ReplaySession, replaySessionOf } from './replay-session.js'
import { binlogStatements, RowsStatements } from './rows-statements.js'
import { statementText } from './statement-text.js'
import { TableWithRows } from './table-with-rows.js'
import type { TransactionBounds } from './transaction-bounds.js'
import { xaEndOf, xaStartOf } from './xa-events.js'

/**
 * Executes the events of transactions in a client's session, as `mysqlbinlog | mysql` would: row events by BINLOG, statements
 * as statements with the session variables that are logged with them.
 */
export class TransactionReplay {
  readonly #session: ReplaySession
  readonly #rows: RowsStatements
  #database = ''
  #alone = false
  /** The statement that gave the transaction its GTID and time. */
  #name = ''
  #tableWithRows: TableWithRows | null = null
  #characterSets = new Map<number, string>()

  constructor(
    private readonly connection: SqlConnection,
    private readonly options: { readonly engine: DatabaseEngine; readonly packetBytesMax: number },
  ) {
    this.#session = replaySessionOf(options.engine)
    this.#rows = new RowsStatements({ ...options, fragments: this.#session.fragments })
  }

  async begin(): Promise<void> {
    for (const sql of this.#session.setUp) await this.#run(sql)
  }

  async end(): Promise<void> {
    for (const sql of this.#session.unname) await this.#run(sql)
  }

  /** How the events that follow are to be read. */
  async readAs(format: BinlogFormat): Promise<void> {
    for (const sql of this.#session.unname) await this.#run(sql)
    await this.#binlog(format.event)
  }

  /** The GTID event: gives the next transaction its name and opens it. */
  async open(event: Buffer, bounds: TransactionBounds): Promise<void> {
    this.#name = this.#session.nameTransaction(bounds)
    this.#tableWithRows = null
    await this.#run(this.#name)
    this.#alone = bounds.kind === 'statement'
    if (this.options.engine === 'mysql') return
    if (!this.#alone) await this.#run(xaStartOf(event) ?? 'START TRANSACTION')
  }

  /** Any other event of the transaction. */
  async apply(event: Buffer): Promise<void> {
    const type = typeOf(event, 0)
    if (type === eventTypes.tableMap) this.#rows.addTableMap(this.#tableWithRows?.mapped(event) ?? event)
    else if (rowEvents.has(type)) for (const sql of this.#rows.addRows(event)) await this.#run(sql)
    else if (!ignored.has(type)) {
      for (const sql of this.#rows.take()) await this.#run(sql)
      await this.#applyOther(event, type)
    }
  }

  async rollBack(): Promise<void> {
    await this.#run('ROLLBACK')
    if (this.#tableWithRows) await this.#run('SET @@session.sql_log_bin = 1')
  }

  async #applyOther(event: Buffer, type: number): Promise<void> {
    switch (type) {
      case eventTypes.query:
        return this.#applyQuery(readQuery(event, 0, event.length - checksumLength, this.options.engine))
      case eventTypes.xid:
        return this.#commit('COMMIT')
      case eventTypes.xaPrepare:
        return this.#run(xaEndOf(event))
      case eventTypes.transactionPayload:
        // BINLOG refuses them, and Zstandard is not in every supported version of Node.
        throw new NotReplayable('it is compressed (binlog_transaction_compression)')
      case eventTypes.intvar: {
        const name = event[headerLength] === 1 ? 'LAST_INSERT_ID' : 'INSERT_ID'
        return this.#run(`SET ${name} = ${event.readBigUInt64LE(headerLength + 1)}`)
      }
      case eventTypes.rand: {
        const seeds = [event.readBigUInt64LE(headerLength), event.readBigUInt64LE(headerLength + 8)]
        return this.#run(`SET @@rand_seed1 = ${seeds[0]}, @@rand_seed2 = ${seeds[1]}`)
      }
      default:
        throw new NotReplayable(`events of type ${type} cannot be replayed`)
    }
  }

  async #applyQuery(query: LoggedQuery): Promise<void> {
    const text = statementText(query.statement, await this.#characterSetOf(query.clientCollation))
    if (transactionWords.test(text)) return this.#commit(text)
    await this.#setScene(query, text)
    if (this.options.engine === 'mariadb' && !this.#alone) {
      this.#tableWithRows = new TableWithRows(this.connection, { statement: text, database: query.database })
      return this.#tableWithRows.begin()
    }
    try {
      await this.#run(text)
    } catch (error) {
      if (query.expectedError === 0 || mysqlErrno(error) !== query.expectedError) throw error
    }
  }

  /** Or another of the statements that depend on nothing; setting the session's variables would take longer than they do. */
  async #commit(text: string): Promise<void> {
    if (this.#tableWithRows === null || !/^COMMIT\b/i.test(text)) return this.#run(text)
    await this.#tableWithRows.end(this.#name)
    this.#tableWithRows = null
  }

  async #setScene(query: LoggedQuery, text: string): Promise<void> {
    await this.#run(`SET ${query.assignments.map((each) => `@@session.${each}`).join(', ')}`)
    if (query.database === '' || query.database === this.#database) return
    // A database that is just being dropped or made is not there to be used.
    if (!databaseWords.test(text)) await this.#run(`USE \`${query.database.replaceAll('`', '``')}\``)
    this.#database = databaseWords.test(text) ? '' : query.database
  }

  async #characterSetOf(collation: number | null): Promise<string> {
    if (collation === null) return 'utf8mb4'
    const known = this.#characterSets.get(collation)
    if (known !== undefined) return known
    const [row] = await this.connection.query<{ name: string }>(
      `SELECT CHARACTER_SET_NAME AS name FROM information_schema.COLLATIONS WHERE ID = ${collation}`,
    )
    const name = row?.name ?? `number ${collation}`
    this.#characterSets.set(collation, name)
    return name
  }

  async #binlog(event: Buffer): Promise<void> {
    const { fragments } = this.#session
    for (const sql of binlogStatements(event, { ...this.options, fragments })) await this.#run(sql)
  }

  async #run(sql: string): Promise<void> {
    await this.connection.query(sql)
  }
}

/** Row events of both engines and of all versions; 166 to 171 are MariaDB's compressed ones. */
const rowEvents: ReadonlySet<number> = new Set([23, 24, 25, 30, 31, 32, 39, 166, 167, 168, 169, 170, 171])

/** The text of the statement whose rows follow. */
const ignored: ReadonlySet<number> = new Set([eventTypes.annotateRows, eventTypes.rowsQuery])

const transactionWords = /^(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|XA )\b/i
const databaseWords = /^\s*(?:CREATE|DROP|ALTER)\s+(?:DATABASE|SCHEMA)\b/i
