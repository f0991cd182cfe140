import type { SqlConnection } from '../../clients/mysql/connection.js'
import { mysqlErrno } from '../../clients/mysql/outcome.js'
import type { AppendValue } from '../../history/recorded-appends.js'
import type { HistoryRecorder } from '../../history/recorder.js'
import type { LoadSession } from '../load-session.js'
import { type OperationOutcome, okOutcome } from '../operation-outcome.js'
import { outcomeOfError } from '../outcome-of-error.js'
import { type LoadPlace, placeOf } from './load-place.js'

export interface AppendWorkload {
  /** Runs a transaction on the present master, or on a fixed node for a client that heard no news. */
  readonly write: <T>(work: (connection: SqlConnection) => Promise<T>) => Promise<T>
  readonly recorder: HistoryRecorder
  /** Names the client in its rows; unique in the life of the environment. */
  readonly client: number
  /** Waited for before each append. */
  readonly think: () => Promise<void>
}

/** One row per acknowledged append, named by its client and a number that this client counts up. */
export const appendTableStatement = `CREATE TABLE IF NOT EXISTS bench.append (
  client INT UNSIGNED NOT NULL,
  n INT UNSIGNED NOT NULL,
  epoch BIGINT NOT NULL,
  server_id INT UNSIGNED NOT NULL,
  PRIMARY KEY (client, n)
) ENGINE=InnoDB`

/** An append that is unknown for so many times in a row is given up: it is looked for at the end. */
const retriesMax = 5

/**
 * One client that inserts rows nobody inserted before, in one transaction each, and records what it sees: among it
 * the epoch and the server that took the row. An append of unknown outcome is sent again under its name, until the
 * database says that the row is there, now or already.
 */
export class AppendSession implements LoadSession {
  #process: number
  #next = 0
  #unresolved: { readonly n: number; readonly tries: number } | null = null

  constructor(private readonly workload: AppendWorkload) {
    this.#process = workload.recorder.newProcess()
  }

  run(done: (outcome: OperationOutcome) => void): void {
    void this.#append().then(done)
  }

  /** An append that was given up on has an invocation without an end, which means unknown. */
  async close(): Promise<void> {
    this.#unresolved = null
  }

  async #append(): Promise<OperationOutcome> {
    const { recorder, think, client } = this.workload
    await think()
    const n = this.#unresolved?.n ?? this.#next++
    const value: AppendValue = { client, n }
    recorder.invoke(this.#process, 'append', value)
    try {
      const seen = await this.workload.write((connection) => appendRow(connection, value))
      recorder.complete(this.#process, { type: 'ok', f: 'append', value: { ...value, ...seen } })
      this.#unresolved = null
      return okOutcome
    } catch (error) {
      const outcome = outcomeOfError(error)
      const type = outcome.kind === 'failed' ? 'fail' : 'info'
      const end = { type, f: 'append', value, error: outcome.errorClass } as const
      this.#process = recorder.complete(this.#process, end)
      this.#noteUnresolved(n, outcome.kind)
      return outcome
    }
  }

  /** A refusal of a call sent again says nothing of the first call, so it stays unresolved. */
  #noteUnresolved(n: number, kind: 'failed' | 'unknown'): void {
    if (kind === 'failed' && this.#unresolved === null) return
    const tries = (this.#unresolved?.tries ?? 0) + 1
    this.#unresolved = tries > retriesMax ? null : { n, tries }
  }
}

async function appendRow(
  connection: SqlConnection,
  { client, n }: AppendValue,
): Promise<LoadPlace & { readonly replayed: boolean }> {
  const place = await placeOf(connection)
  try {
    await connection.execute('INSERT INTO bench.append (client, n, epoch, server_id) VALUES (?, ?, ?, ?)', [
      client,
      n,
      place.epoch,
      place.server,
    ])
    return { ...place, replayed: false }
  } catch (error) {
    if (mysqlErrno(error) !== duplicateKey) throw error
    return { ...place, replayed: true }
  }
}

const duplicateKey = 1062
