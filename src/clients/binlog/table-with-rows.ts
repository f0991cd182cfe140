import type { SqlConnection } from '../mysql/connection.js'
import { sqlLiteral } from '../mysql/connection.js'
import { crc32 } from './crc32.js'
import { checksumLength, headerLength, NotReplayable } from './event.js'

/**
 * MariaDB logs CREATE TABLE ... SELECT as one transaction of a statement and rows. In a client's session the statement would
 * commit for itself and use up the GTID that the rows need as well. So the rows are gathered in a table of the same shape,
 * of which nothing is logged; then one CREATE TABLE ... SELECT from that table makes both, and the server logs it as the
 * leader did, with its GTID. What a replay leaves that was cut off before is removed when the transaction is replayed again.
 */
export class TableWithRows {
  readonly #name: { readonly database: string; readonly table: string }

  /** Before {@link begin} the session must be set as it was for the statement. Throws NotReplayable for any other statement. */
  constructor(
    private readonly connection: SqlConnection,
    private readonly made: { readonly statement: string; readonly database: string },
  ) {
    const { groups } = createTable.exec(made.statement) ?? {}
    if (!groups?.table)
      throw new NotReplayable(`a statement among row changes: ${made.statement.slice(0, 60)}`)
    const unquoted = (name: string) => name.replaceAll('``', '`')
    this.#name = {
      database: groups.database === undefined ? made.database : unquoted(groups.database),
      table: unquoted(groups.table),
    }
  }

  async begin(): Promise<void> {
    const { statement } = this.made
    const shape = statement.slice(createTable.exec(statement)?.[0].length)
    for (const sql of [
      // The GTID event has opened a transaction, in which this cannot be set.
      'ROLLBACK',
      'SET @@session.sql_log_bin = 0',
      `DROP TABLE IF EXISTS ${this.#gathered}`,
      `CREATE TABLE ${this.#gathered} ${shape}`,
      'START TRANSACTION',
    ])
      await this.#run(sql)
  }

  /** A TABLE_MAP event of the new table, for the table in which its rows are gathered; any other as it is. */
  mapped(tableMap: Buffer): Buffer {
    const { database, table } = this.#name
    const names = lengthAndName(database, table)
    const isItsOwn = tableMap.subarray(namesOffset, namesOffset + names.length).equals(names)
    return isItsOwn ? withNames(tableMap, names.length, lengthAndName(database, gatheringTable)) : tableMap
  }

  /** `name` gives the transaction its GTID and time again. */
  async end(name: string): Promise<void> {
    await this.#run('COMMIT')
    const columns = await this.#columns()
    const copied = `${quoted(this.#name.database)}.${quoted(copyTable)}`
    for (const sql of [
      // From here on nothing would be left behind: whoever is cut off after the commit is not called again.
      `CREATE TEMPORARY TABLE ${copied} AS SELECT ${columns} FROM ${this.#gathered}`,
      `DROP TABLE ${this.#gathered}`,
      'SET @@session.sql_log_bin = 1',
      name,
      `${this.made.statement} SELECT ${columns} FROM ${copied}`,
      'SET @@session.sql_log_bin = 0',
      `DROP TEMPORARY TABLE ${copied}`,
      'SET @@session.sql_log_bin = 1',
    ])
      await this.#run(sql)
  }

  get #gathered(): string {
    return `${quoted(this.#name.database)}.${quoted(gatheringTable)}`
  }

  /** Invisible ones, too. A computed column would come first in the new table, wherever it stood: then its rows would differ. */
  async #columns(): Promise<string> {
    const columns = await this.connection.query<{ name: string; computed: number }>(
      'SELECT COLUMN_NAME AS name, GENERATION_EXPRESSION IS NOT NULL AS computed FROM information_schema.COLUMNS ' +
        `WHERE TABLE_SCHEMA = ${sqlLiteral(this.#name.database)} AND TABLE_NAME = ${sqlLiteral(gatheringTable)} ORDER BY ORDINAL_POSITION`,
    )
    if (columns.some(({ computed }) => Number(computed) === 1))
      throw new NotReplayable('a table with computed columns was made together with its rows')
    return columns.map(({ name }) => quoted(name)).join(', ')
  }

  async #run(sql: string): Promise<void> {
    await this.connection.query(sql)
  }
}

/** As the server writes it: with the names quoted, and with the definition of all columns. */
const createTable =
  /^CREATE(?: OR REPLACE)? TABLE(?: IF NOT EXISTS)? (?:`(?<database>(?:[^`]|``)+)`\.)?`(?<table>(?:[^`]|``)+)`/

const gatheringTable = 'corelab_replayed_rows'
/** Temporary: row events go into no such table, but it vanishes with its session. */
const copyTable = 'corelab_replayed_copy'

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** Behind u48 table id and u16 flags: each name with its length before and a zero behind it. */
const namesOffset = headerLength + 8

function lengthAndName(...names: readonly string[]): Buffer {
  return Buffer.concat(
    names.flatMap((name) => {
      const bytes = Buffer.from(name, 'utf8')
      return [Buffer.from([bytes.length]), bytes, Buffer.from([0])]
    }),
  )
}

function withNames(tableMap: Buffer, oldLength: number, names: Buffer): Buffer {
  const head = tableMap.subarray(0, namesOffset)
  const rest = tableMap.subarray(namesOffset + oldLength)
  const event = Buffer.concat([head, names, rest])
  event.writeUInt32LE(event.length, 9)
  const end = event.length - checksumLength
  event.writeUInt32LE(crc32(event, 0, end), end)
  return event
}
