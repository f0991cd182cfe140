import type { EnvironmentRef } from '../../cluster/environment-store.js'
import type { LogBound } from '../../cluster/qlink/inspect/log-selection.js'
import { selectRanges } from '../../cluster/qlink/inspect/log-selection.js'
import { openLogView } from '../../cluster/qlink/inspect/log-view.js'
import type { LoggedTransaction, LogReader } from '../../cluster/qlink/log/log-reader.js'
import type { Context } from '../../kit/context.js'
import type { Answer } from '../answer.js'
import { followedLine, qlinkLogAnswer, transactionData } from '../render/qlink/log.js'

export interface ShowLogOptions {
  readonly place: EnvironmentRef
  /** null: the newest ones. */
  readonly from: LogBound | null
  readonly limit: number
}

/** Transactions of the log, the oldest shown first. Throws ENV_NOT_RUNNING, QLINK_NOT_LOGGED. */
export async function showQlinkLog({ place, from, limit }: ShowLogOptions): Promise<Answer> {
  const { reader } = await openLogView(place)
  if (from === null)
    return qlinkLogAnswer({ transactions: await reader.newest(limit), more: false }, place.env)
  const found: LoggedTransaction[] = []
  for await (const each of transactionsFrom(reader, from)) if (found.push(each) > limit) break
  return qlinkLogAnswer({ transactions: found.slice(0, limit), more: found.length > limit }, place.env)
}

const pollMs = 250

/** The same, then each new transaction once it is durable, until the user stops. */
export async function followQlinkLog(
  options: ShowLogOptions & { readonly write: (text: string) => void; readonly json: boolean },
  { clock, signal }: Context,
): Promise<Answer> {
  const { place, write, json } = options
  const show = (each: LoggedTransaction) =>
    write(
      `${json ? JSON.stringify({ schema: 'corelab/qlink-transaction@1', ...transactionData(each) }) : followedLine(each)}\n`,
    )
  let last: LoggedTransaction | null = null
  let shown = 0
  while (!signal.aborted) {
    const { reader } = await openLogView(place)
    for await (const each of next(reader, { last, ...options })) {
      show(each)
      last = each
      shown++
      if (signal.aborted) break
    }
    await clock.sleep(pollMs, signal).catch(() => undefined)
  }
  return { data: { shown }, lines: () => [], env: place.env }
}

async function* next(
  reader: LogReader,
  {
    last,
    from,
    limit,
  }: { readonly last: LoggedTransaction | null; readonly from: LogBound | null; readonly limit: number },
): AsyncGenerator<LoggedTransaction> {
  if (last !== null) yield* reader.after(last)
  else if (from !== null) yield* transactionsFrom(reader, from)
  else yield* await reader.newest(limit)
}

async function* transactionsFrom(reader: LogReader, from: LogBound): AsyncGenerator<LoggedTransaction> {
  for await (const { index, first, last } of selectRanges(reader, { from, to: null }))
    for (let each = first; each <= last; each++) {
      const { segment, epoch } = index.start
      yield { ...index.entry(each), segment, epoch }
    }
}
