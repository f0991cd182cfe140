import type { Change, ClusterHistory, EpochHistory, NodeReturned } from '../../../cluster/history-fold.js'
import { formatDuration } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { stepsText } from './steps-text.js'

/** The last `limit` epochs, newest last; the data holds all of them. */
export function historyAnswer(
  history: ClusterHistory,
  options: { readonly limit: number; readonly env: string },
): Answer {
  return {
    data: history,
    lines: (screen) => historyLines(history, options.limit, screen),
    env: options.env,
  }
}

function historyLines({ epochs, underWay }: ClusterHistory, limit: number, screen: Screen): string[] {
  if (epochs.length === 0) return ['No change of master is recorded yet.']
  const hidden = epochs.length - limit
  return [
    ...(hidden > 0
      ? [`${hidden} earlier epochs are not shown (--limit ${epochs.length} shows all)`, '']
      : []),
    ...epochs
      .slice(-limit)
      .flatMap((epoch, index) => [...(index === 0 ? [] : ['']), ...epochLines(epoch, screen)]),
    ...(underWay === null ? [] : ['', ...underWayLines(underWay, screen)]),
  ]
}

function epochLines(epoch: EpochHistory, screen: Screen): string[] {
  const { paint, width } = screen
  const since = epoch.openedAt === null ? 'from before this record' : `since ${timeText(epoch.openedAt)}`
  const until = epoch.closedAt === null ? '' : ` until ${timeText(epoch.closedAt)}`
  const lasts = epoch.closedAt === null ? paint.good('  now') : ''
  return [
    `Epoch ${epoch.epoch}  ${paint.strong(epoch.master)}  ${since}${until}${lasts}`,
    ...(epoch.change === null ? [] : changeLines(epoch.change, screen)),
    ...(epoch.burnt.length === 0 ? [] : [`  used up on the way, never opened: ${epoch.burnt.join(', ')}`]),
    ...epoch.undone.flatMap((change) => [
      ...indented(wrapText(`taken back: ${change.kind}, ${change.reason}`, width - 2), 2).map(paint.caution),
      ...stepsText(change.steps, width).map(paint.faint),
    ]),
    ...epoch.returns.flatMap((each) => returnLines(each, screen)),
  ]
}

function changeLines(change: Change, { paint, width }: Screen): string[] {
  const closed = change.closedMs === null ? '' : `, ${formatDuration(change.closedMs)} without writes`
  return [
    ...indented(wrapText(`${change.kind}: ${change.reason}${closed}`, width - 2), 2),
    ...stepsText(change.steps, width).map(paint.faint),
    ...change.refusals.flatMap((text) => indented(wrapText(`refused at first: ${text}`, width - 2), 2)),
  ]
}

function underWayLines(change: Change, { paint, width }: Screen): string[] {
  return [
    paint.caution(`Under way: ${change.kind} since ${timeText(change.startedAt)}`),
    ...indented(wrapText(change.reason, width - 2), 2),
    ...stepsText(change.steps, width).map(paint.faint),
    ...change.refusals.flatMap((text) => indented(wrapText(`refused: ${text}`, width - 2), 2)),
  ]
}

function returnLines({ node, durationMs, outcome, note }: NodeReturned, { paint, width }: Screen): string[] {
  const took = durationMs === null ? '' : ` (${formatDuration(durationMs)})`
  const text = `${node} came back${outcome === 'done' ? '' : outcome === 'failed' ? ': failed' : ': not ended'}${took}: ${note ?? ''}`
  return indented(wrapText(text.replace(/: $/, ''), width - 2), 2).map(paint.faint)
}

/** To the second, in UTC; milliseconds are in the data. */
function timeText(at: string): string {
  return at.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}
