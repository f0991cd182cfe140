import { stat } from 'node:fs/promises'
import { reasonOf } from '../../../kit/errors.js'
import type { DatabaseEngine } from '../../../model/database-engine.js'
import type { LogEnd, QlinkStatus } from '../../../model/qlink.js'
import type { EnvironmentRef } from '../../environment-store.js'
import { pathsOf, readPlan } from '../../environment-store.js'
import { qlinkClient, qlinkSocketOf } from '../../qlink-client.js'
import type { JournalState } from '../log/epoch-journal.js'
import { journalStateOf, readEpochJournal } from '../log/epoch-journal.js'
import { LogReader } from '../log/log-reader.js'
import { logDirOf } from '../log/qlink-log.js'

/** qlink's files, and what a qlink that runs says. Nothing is written, so it may be looked at while it runs. */
export interface LogView {
  readonly dataDir: string
  readonly engine: DatabaseEngine
  readonly reader: LogReader
  /** null while none runs. */
  readonly status: QlinkStatus | null
  /** How far a qlink that runs has synced; null when everything whole in the files counts. */
  readonly durable: LogEnd | null
}

/** Throws ENV_NOT_RUNNING when the environment was never started. */
export async function openLogView(ref: EnvironmentRef): Promise<LogView> {
  const { socketDir, engine } = await readPlan(ref)
  const dataDir = pathsOf(ref).component('qlink').data
  const status = await qlinkClient(qlinkSocketOf(socketDir))
    .status()
    .catch(() => null)
  // A qlink that has not recovered its log says nothing about its end.
  const durable = status && status.durable.transactions > 0 ? status.durable : null
  return {
    dataDir,
    engine,
    reader: new LogReader({ dir: logDirOf(dataDir), engine, durable }),
    status,
    durable,
  }
}

export interface QlinkReport {
  /** null while no qlink runs: the rest comes from its files. */
  readonly status: QlinkStatus | null
  readonly journal: JournalState
  readonly log: LogFacts
  /** What is wrong with the files, as far as a look without checking them shows; null when nothing is. */
  readonly problem: string | null
}

export interface LogFacts {
  /** Where the log that is still there begins; what was before it, the shadow has applied. */
  readonly from: LogEnd
  readonly end: LogEnd
  readonly segments: number
  readonly bytesOnDisk: number
}

export async function reportQlink(ref: EnvironmentRef): Promise<QlinkReport> {
  const { dataDir, reader, status } = await openLogView(ref)
  const { records, damage } = await readEpochJournal(dataDir)
  const problem = damage && `${damage.file} at offset ${damage.offset}: ${damage.reason}`
  const report = { status, journal: journalStateOf(records), problem }
  try {
    const { from, end, paths } = await reader.outline()
    const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size, gone)))
    const bytesOnDisk = sizes.reduce((sum, size) => sum + size, 0)
    return { ...report, log: { from, end, segments: paths.length, bytesOnDisk } }
  } catch (error) {
    const nowhere: LogEnd = { gtid: '', transactions: 0, bytes: 0 }
    const log = { from: nowhere, end: nowhere, segments: 0, bytesOnDisk: 0 }
    return { ...report, log, problem: problem ?? reasonOf(error) }
  }
}

/** Retention took it away in this moment. */
const gone = () => 0
