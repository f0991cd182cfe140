import type { DatabaseEngine } from '../../model/database-engine.js'
import { sqlLiteral } from '../mysql/connection.js'
import { BinlogDamage, flagsOf, headerLength, NotReplayable, secondsOf } from './event.js'
import { queryPartsOf } from './query-event.js'

/** A QUERY event, so that its statement can be executed again as it was on the leader. */
export interface LoggedQuery {
  /** Empty when the statement does not depend on a database. */
  readonly database: string
  readonly statement: Buffer
  /** Id of the collation in whose character set the statement is written; null when it is not said. */
  readonly clientCollation: number | null
  /** The session variables, without those of the character sets: `name = value`. */
  readonly assignments: readonly string[]
  /** The error with which the statement ended on the leader, 0 = none: what it did until then is to be done again. */
  readonly expectedError: number
}

/**
 * Reads a QUERY event with its status variables: one byte says which one, its length follows from that
 * (`Query_log_event` in sql/log_event.h of MariaDB, statement_events.h of MySQL). They are written in the order of their
 * numbers; from one that is not known on, the rest is left out, as the servers do. `end` is before the checksum.
 */
export function readQuery(bytes: Buffer, start: number, end: number, engine: DatabaseEngine): LoggedQuery {
  const parts = queryPartsOf(bytes, start, end)
  const variables = new VariableReader(bytes, parts.statusStart, parts.databaseStart, engine).read()
  const micros = variables.micros === 0 ? '' : `.${String(variables.micros).padStart(6, '0')}`
  const flags = flagsOf(bytes, start)
  const assignments = [`timestamp = ${secondsOf(bytes, start)}${micros}`, ...variables.assignments]
  if (flags & threadSpecificFlag)
    assignments.push(`pseudo_thread_id = ${bytes.readUInt32LE(start + headerLength)}`)
  return {
    database:
      flags & suppressUseFlag ? '' : bytes.toString('utf8', parts.databaseStart, parts.statementStart - 1),
    statement: bytes.subarray(parts.statementStart, end),
    clientCollation: variables.clientCollation,
    assignments,
    expectedError: bytes.readUInt16LE(start + headerLength + 9),
  }
}

interface Variables {
  readonly assignments: readonly string[]
  readonly clientCollation: number | null
  readonly micros: number
}

class VariableReader {
  readonly #assignments: string[] = []
  #clientCollation: number | null = null
  #micros = 0
  #localeNames = 0

  constructor(
    private readonly bytes: Buffer,
    private offset: number,
    private readonly end: number,
    private readonly engine: DatabaseEngine,
  ) {}

  read(): Variables {
    while (this.offset < this.end && this.#readOne(this.#uint(1)));
    this.#assignments.push(`lc_time_names = ${this.#localeNames}`)
    return {
      assignments: this.#assignments,
      clientCollation: this.#clientCollation,
      micros: this.#micros,
    }
  }

  /** False when the variable is not known. */
  #readOne(code: number): boolean {
    const common = this.#commonReaders[code]
    const reader =
      common ?? (this.engine === 'mariadb' ? this.#mariadbReaders[code] : this.#mysqlReaders[code])
    reader?.()
    return reader !== undefined
  }

  readonly #commonReaders: Readonly<Record<number, () => void>> = {
    0: () => this.#readOptions(this.#uint(4)),
    1: () => this.#assign('sql_mode', this.#big(8)),
    3: () => {
      this.#assign('auto_increment_increment', this.#uint(2))
      this.#assign('auto_increment_offset', this.#uint(2))
    },
    4: () => {
      this.#clientCollation = this.#uint(2)
      this.#assign('collation_connection', this.#uint(2))
      this.#assign('collation_server', this.#uint(2))
    },
    5: () => this.#assign('time_zone', sqlLiteral(this.#text())),
    // The catalogue, always "std".
    6: () => void this.#text(),
    7: () => {
      this.#localeNames = this.#uint(2)
    },
    8: () => this.#assign('collation_database', this.#uint(2)),
    // Which tables a multi-table UPDATE changes; which user and host; all are in the statement as well.
    9: () => this.#skip(8),
    11: () => {
      this.#text()
      this.#text()
    },
  }

  readonly #mariadbReaders: Readonly<Record<number, () => void>> = {
    128: () => {
      this.#micros = this.#uint(3)
    },
    // Numbers by which crash recovery finds the statement.
    129: () => this.#skip(8),
    130: () => {
      throw new NotReplayable('an ALTER TABLE in two phases (binlog_alter_two_phase) cannot be replayed')
    },
  }

  readonly #mysqlReaders: Readonly<Record<number, () => void>> = {
    12: () => {
      const count = this.#uint(1)
      // 254 says "too many to name".
      for (let index = 0; index < count && count !== 254; index++)
        this.offset = this.bytes.indexOf(0, this.offset) + 1
    },
    13: () => {
      this.#micros = this.#uint(3)
    },
    16: () => this.#assign('explicit_defaults_for_timestamp', this.#uint(1)),
    17: () => this.#skip(8),
    18: () => this.#assign('default_collation_for_utf8mb4', this.#uint(2)),
    19: () => this.#assign('sql_require_primary_key', this.#uint(1)),
    20: () => this.#assign('default_table_encryption', this.#uint(1)),
  }

  #readOptions(flags: number): void {
    const isSet = (bit: number) => Math.floor(flags / 2 ** bit) % 2
    this.#assign('sql_auto_is_null', isSet(14))
    this.#assign('foreign_key_checks', 1 - isSet(26))
    this.#assign('unique_checks', 1 - isSet(27))
    if (this.engine !== 'mariadb') return
    this.#assign('check_constraint_checks', 1 - isSet(15))
    this.#assign('explicit_defaults_for_timestamp', isSet(24))
    this.#assign('sql_if_exists', isSet(28))
    this.#assign('system_versioning_insert_history', isSet(30))
  }

  #assign(name: string, value: number | bigint | string): void {
    this.#assignments.push(`${name} = ${value}`)
  }

  /** A byte with the length, then the letters. */
  #text(): string {
    const length = this.#uint(1)
    this.#skip(length)
    return this.bytes.toString('utf8', this.offset - length, this.offset)
  }

  #uint(length: number): number {
    this.#skip(length)
    return this.bytes.readUIntLE(this.offset - length, length)
  }

  #big(length: number): bigint {
    this.#skip(length)
    return this.bytes.readBigUInt64LE(this.offset - length)
  }

  #skip(length: number): void {
    this.offset += length
    if (this.offset > this.end) throw new BinlogDamage('the variables of a QUERY event are cut off')
  }
}

/** Temporary tables of a session are told apart by its id. */
const threadSpecificFlag = 0x4
const suppressUseFlag = 0x8
