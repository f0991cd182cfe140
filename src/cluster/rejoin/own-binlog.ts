import { basename, join } from 'node:path'
import type { BinlogFormat } from '../../clients/binlog/format-description.js'
import type { ScannedTransaction } from '../../clients/binlog/scan-binlog.js'
import { scanBinlog } from '../../clients/binlog/scan-binlog.js'
import { corelabError } from '../../kit/errors.js'
import { readTextFile } from '../../sys/files.js'

/** A transaction in a binlog file of a node. */
export interface OwnTransaction extends ScannedTransaction {
  readonly file: string
}

export interface OwnFile {
  readonly format: BinlogFormat
  readonly transactions: readonly OwnTransaction[]
}

/** A node's binlog files in the order in which they were written. They may be read while its server runs or is dead. */
export async function binlogFilesOf(dataDir: string): Promise<readonly string[]> {
  const index = (await readTextFile(join(dataDir, 'binlog.index'))) ?? ''
  return index
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => join(dataDir, basename(line)))
}

/**
 * The whole transactions of one file; what a crash cut off at its end is none. null for a file that was only begun.
 * Throws BINLOG_DAMAGED, CANCELLED.
 */
export async function readOwnFile(file: string, signal: AbortSignal): Promise<OwnFile | null> {
  const transactions: OwnTransaction[] = []
  const scan = await scanBinlog(file, (each) => transactions.push({ ...each, file }), { signal })
  if (scan.damage?.kind === 'damaged')
    throw corelabError('BINLOG_DAMAGED', {
      message: `${file} is damaged at offset ${scan.damage.offset}: ${scan.damage.reason}`,
      fix: ['corelab status'],
    })
  return scan.format && { format: scan.format, transactions }
}
