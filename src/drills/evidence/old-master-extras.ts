import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { scanBinlog } from '../../clients/binlog/scan-binlog.js'
import type { NodeAppends } from '../../history/checkers/acknowledged-appends.js'
import type { NodeKeys } from '../../history/checkers/acknowledged-writes.js'
import { appendOutcome } from '../../history/recorded-appends.js'
import { reasonOf } from '../../kit/errors.js'
import type { OldMasterExtras } from '../../model/drill-result.js'
import type { DrillRun, Victim } from '../run/drill-run.js'
import type { BinlogRows } from './binlog-rows.js'
import { readBinlogRows } from './binlog-rows.js'
import { keptBinlogDir } from './kept-binlog.js'
import type { RunHistory } from './read-run-history.js'

export interface ExtrasQuestion {
  readonly victim: Victim
  /** What clients were told. */
  readonly history: RunHistory
  /** What the new master has. */
  readonly appends: NodeAppends
  readonly transfers: NodeKeys
  /** The newest transactions of the new history, per server that wrote them, when there is no qlink to ask. */
  readonly binlogState: string
}

/** More than clients can have under way: a tail is looked for among the newest. */
const newestLookedAt = 5000
const examplesMax = 20

interface Written {
  readonly gtid: string
  readonly path: string
  readonly offset: number
}

/**
 * What an old master had written that the history went on without, read from the copy of its binlog that was made when
 * it was struck; and whether any of it had been told OK. A copy that cannot be read is said so.
 */
export async function oldMasterExtras(run: DrillRun, question: ExtrasQuestion): Promise<OldMasterExtras> {
  const { node, epoch } = question.victim
  const facts = { node, epoch }
  try {
    const written = await newestWritten(keptBinlogDir(run, question.victim))
    const extra = await withoutPlace(run, written, question.binlogState)
    const rows = extra[0] ? await rowsFrom(written, extra[0]) : { appends: [], transfers: [] }
    return {
      ...facts,
      keptUpTo: written[written.length - extra.length - 1]?.gtid ?? '',
      transactions: extra.length,
      gtids: extra.slice(0, examplesMax).map(({ gtid }) => gtid),
      acknowledgedAndGone: acknowledgedAndGone(question, rows),
      unread: null,
    }
  } catch (error) {
    const nothing = { keptUpTo: '', transactions: 0, gtids: [], acknowledgedAndGone: 0 }
    return { ...facts, ...nothing, unread: reasonOf(error) }
  }
}

async function newestWritten(dir: string): Promise<readonly Written[]> {
  const files = (await readdir(dir)).sort()
  const written: Written[] = []
  for (const name of files) {
    const path = join(dir, name)
    await scanBinlog(path, ({ gtid, offset }) => written.push({ gtid, path, offset }))
  }
  return written.slice(-newestLookedAt)
}

/** The transactions at the end that have no place in the history: it has others there, or none. */
async function withoutPlace(
  run: DrillRun,
  written: readonly Written[],
  binlogState: string,
): Promise<readonly Written[]> {
  const gtids = written.map(({ gtid }) => gtid)
  const places = run.qlink
    ? (await run.qlink.lookup(gtids)).places.map((place) => place === 'inside' || place === 'before')
    : gtids.map((gtid) => stateHas(binlogState, gtid))
  const first = places.indexOf(false)
  return first === -1 ? [] : written.slice(first)
}

/** `0-1-99,0-2-105`: the last transaction that each server wrote in this history. */
function stateHas(binlogState: string, gtid: string): boolean {
  const [domain, server, sequence] = gtid.split('-')
  return binlogState.split(',').some((last) => {
    const [lastDomain, lastServer, lastSequence] = last.trim().split('-')
    return (
      lastDomain === domain && lastServer === server && BigInt(lastSequence ?? 0) >= BigInt(sequence ?? 0)
    )
  })
}

async function rowsFrom(written: readonly Written[], first: Written): Promise<BinlogRows> {
  const later = [...new Set(written.map(({ path }) => path))].filter((path) => path > first.path)
  const parts = await Promise.all([
    readBinlogRows(first.path, first.offset),
    ...later.map((path) => readBinlogRows(path, 0)),
  ])
  return {
    appends: parts.flatMap(({ appends }) => appends),
    transfers: parts.flatMap(({ transfers }) => transfers),
  }
}

/** An OK may also have come later, from the new master, for the same name: that row is there. */
function acknowledgedAndGone(question: ExtrasQuestion, rows: BinlogRows): number {
  const { history, appends, transfers } = question
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

/** Asked where there is no qlink: who wrote what last in the present history. */
export const binlogStateQuery = 'SELECT @@gtid_binlog_state AS state'
