import { readHistory } from '../../history/read-history.js'
import type { RecordedAppends } from '../../history/recorded-appends.js'
import { AppendFold } from '../../history/recorded-appends.js'
import type { RecordedEpochs } from '../../history/recorded-epochs.js'
import { EpochFold } from '../../history/recorded-epochs.js'
import type { RecordedTransfers } from '../../history/recorded-transfers.js'
import { TransferFold } from '../../history/recorded-transfers.js'
import type { ResolvedUnknowns } from '../../history/resolved-unknowns.js'
import { UnknownFold } from '../../history/resolved-unknowns.js'

/** What the clients of a drill were told. */
export interface RunHistory {
  readonly transfers: RecordedTransfers
  readonly appends: RecordedAppends
  readonly epochs: RecordedEpochs
  readonly unknowns: ResolvedUnknowns
}

/** Reads a history file once. Throws FILE_DAMAGED. */
export async function readRunHistory(historyFile: string): Promise<RunHistory> {
  const transfers = new TransferFold()
  const appends = new AppendFold()
  const epochs = new EpochFold()
  const unknowns = new UnknownFold()
  for await (const event of readHistory(historyFile))
    for (const fold of [transfers, appends, epochs, unknowns]) fold.add(event)
  return {
    transfers: transfers.result(),
    appends: appends.result(),
    epochs: epochs.result(),
    unknowns: unknowns.result(),
  }
}
