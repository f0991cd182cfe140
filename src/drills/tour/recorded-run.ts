import { readHistory } from '../../history/read-history.js'
import type { RecordedTransfers } from '../../history/recorded-transfers.js'
import { TransferFold } from '../../history/recorded-transfers.js'

/** What the clients were told, from the history file. Throws FILE_DAMAGED. */
export async function recordedRun(historyFile: string): Promise<RecordedTransfers> {
  const fold = new TransferFold()
  for await (const event of readHistory(historyFile)) fold.add(event)
  return fold.result()
}
