import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { scanBinlog } from '../../clients/binlog/scan-binlog.js'
import type { NodeAppends } from '../../history/checkers/acknowledged-appends.js'
import type { NodeKeys } from '../../history/checkers/acknowledged-writes.js'
import { appendOutcome } from '../../history/recorded-appends.js'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { OldMasterExtras } from '../../model/drill-result.js'
import type { DrillRun, Victim } from '../run/drill-run.js'
import type { BinlogRows } from './binlog-rows.js'
import type { WrittenTransaction } from './extras-file.js'
import { readExtraRows } from './extras-file.js'
import { keptBinlogDir } from './kept-binlog.js'
import type { RunHistory } from './read-run-history.js'

export interface ExtrasQuestion {
  readonly victim: Victim
  /** What clients were told. */
  readonly history: RunHistory
  /** What the new master has. */
  readonly appends: NodeAppends
  readonly transfers: NodeKeys
}

/** More than clients can have under way: a tail is looked for among the newest. */
const newestLookedAt = 5000
const examplesMax = 20

/**
 * What an old master had written that the history went on without, read from the copy of its binlog that was made when
 * it was struck; and whether any of it had been told OK. A copy that cannot be read is said so.
 */
export async function oldMasterExtras(run: DrillRun, question: ExtrasQuestion): Promise<OldMasterExtras> {
  const { node, epoch } = question.victim
  const dir = keptBinlogDir(run, question.victim)
  try {
    const written = await newestWritten(dir)
    const extras = await withoutPlace(run, written)
    const rows = extras.length > 0 ? await readExtraRows(run, extras, join(dir, 'extras.binlog')) : nothing
    return {
      node,
      epoch,
      keptUpTo: written[written.length - extras.length - 1]?.gtid ?? '',
      transactions: extras.length,
      gtids: extras.slice(0, examplesMax).map(({ gtid }) => gtid),
      acknowledgedAndGone: acknowledgedAndGone(question, rows),
      unread: null,
    }
  } catch (error) {
    const none = { keptUpTo: '', transactions: 0, gtids: [], acknowledgedAndGone: 0 }
    return { node, epoch, ...none, unread: reasonOf(error) }
  }
}

const nothing: BinlogRows = { appends: [], transfers: [] }

async function newestWritten(dir: string): Promise<readonly WrittenTransaction[]> {
  const files = (await readdir(dir)).filter((name) => /^binlog\.\d+$/.test(name)).sort()
  const written: WrittenTransaction[] = []
  for (const name of files) {
    const path = join(dir, name)
    await scanBinlog(path, ({ gtid, offset, length }) => written.push({ gtid, path, offset, length }))
  }
  return written.slice(-newestLookedAt)
}

/** The transactions at the end that have no place in the history as qlink has it: it has others there, or none. */
async function withoutPlace(
  run: DrillRun,
  written: readonly WrittenTransaction[],
): Promise<readonly WrittenTransaction[]> {
  if (!run.qlink)
    throw corelabError('DRILL_NEED_UNMET', {
      message: 'there is no qlink that could say what the history is',
    })
  const { places } = await run.qlink.lookup(written.map(({ gtid }) => gtid))
  const first = places.findIndex((place) => place !== 'inside' && place !== 'before')
  return first === -1 ? [] : written.slice(first)
}

/** An OK may also have come later, from the new master, for the same name: that row is there. */
function acknowledgedAndGone({ history, appends, transfers }: ExtrasQuestion, rows: BinlogRows): number {
  const gone = rows.appends.filter(
    ({ client, n }) =>
      history.appends.byClient.get(client)?.[n] === appendOutcome.acknowledged &&
      appends.byClient.get(client)?.[n] !== 1,
  )
  const keysGone = rows.transfers.filter(
    (key) => history.transfers.acknowledged.has(key) && !transfers.keys.has(key),
  )
  return gone.length + keysGone.length
}
