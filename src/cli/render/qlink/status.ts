import type { QlinkReport } from '../../../cluster/qlink/inspect/log-view.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatBytes, formatCount, formatDuration } from '../../../kit/units.js'
import type { LogEnd, QlinkStatus } from '../../../model/qlink.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { indented, labelled, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'

/** Exit 0 while qlink runs and can acknowledge what the leader sends, or has nobody to acknowledge. */
export function qlinkStatusAnswer(report: QlinkReport, env: string): Answer {
  const troubles = troublesOf(report)
  return {
    data: { running: report.status !== null, ...report },
    lines: (screen) => [
      headline(report, screen),
      '',
      ...indented(labelled([...liveFacts(report.status), ...logFacts(report)]), 2),
      ...(troubles.length === 0
        ? []
        : ['', ...troubles.flatMap((each) => wrapText(each, screen.width).map(screen.paint.caution))]),
      ...(report.status !== null
        ? []
        : ['', ...nextStepLines(['corelab status', 'corelab logs qlink'], { env, screen })]),
    ],
    exit: report.status !== null && troubles.length === 0 ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

function headline({ status, journal }: QlinkReport, { paint }: Screen): string {
  const { phase, epoch, leader, term } = status ?? journal
  const whose = phase === 'idle' ? 'no epoch yet' : `epoch ${epoch} of ${leader?.node}`
  if (status === null) return `qlink: ${paint.bad('does not run')}   (${whose}, ${phase}; term ${term})`
  const style = phase === 'open' ? paint.good : paint.caution
  return `qlink: ${style(phase)}   (${whose}, term ${term}, process ${status.pid})`
}

type Fact = readonly [label: string, value: string]

function liveFacts(status: QlinkStatus | null): readonly Fact[] {
  if (status === null) return []
  const { received, durable, acknowledged, shadow } = status
  const behind = (end: LogEnd, of: LogEnd) => formatCount(of.transactions - end.transactions)
  return [
    ['Link', linkText(status)],
    ['Received', endText(received)],
    ['Durable', `${durable.gtid || 'nothing'}   ${behind(durable, received)} not yet synced`],
    ['Acknowledged', `${acknowledged.gtid || 'nothing in this epoch'}`],
    ['Shadow', shadow ? shadowText(shadow) : 'none named'],
    ['Syncs', syncsText(status)],
    ['Process', processText(status)],
  ]
}

function linkText({ link }: QlinkStatus): string {
  const heard = link.heardAgoMs === null ? '' : `, heard ${formatDuration(link.heardAgoMs)} ago`
  return `${link.state}${link.state === 'receiving' ? heard : ''}`
}

function shadowText(shadow: NonNullable<QlinkStatus['shadow']>): string {
  const { address, applied, backlogTransactions } = shadow
  if (applied === null) return `${address.node} does not answer`
  return `${address.node} has applied ${applied || 'nothing'}, ${formatCount(backlogTransactions)} behind`
}

function syncsText({ counters }: QlinkStatus): string {
  const { transactions, syncs } = counters
  if (syncs === 0) return 'none yet'
  return `${formatCount(syncs)}, one for ${(transactions / syncs).toFixed(1)} transactions on average`
}

function processText({ counters, loopDelayMs }: QlinkStatus): string {
  const { transactions, cpuMicros, residentBytes } = counters
  const cpu = transactions === 0 ? '' : `${Math.round(cpuMicros / transactions)} us CPU per transaction, `
  return `${cpu}${formatBytes(residentBytes)}, late by ${loopDelayMs} ms at worst`
}

function logFacts({ log }: QlinkReport): readonly Fact[] {
  const { from, end, segments, bytesOnDisk } = log
  const begin = from.transactions === 0 ? 'its beginning' : `behind ${from.gtid}`
  return [
    ['Log', `from ${begin} to ${end.gtid || 'nothing yet'}`],
    [
      '',
      `${formatCount(end.transactions - from.transactions)} transactions, ${formatBytes(end.bytes - from.bytes)}`,
    ],
    [
      'On disk',
      `${formatBytes(bytesOnDisk)} in ${formatCount(segments)} segment${segments === 1 ? '' : 's'}`,
    ],
  ]
}

function endText({ gtid, transactions, bytes }: LogEnd): string {
  return `${gtid || 'nothing'}   ${formatCount(transactions)} transactions, ${formatBytes(bytes)} since the first`
}

function troublesOf({ status, problem }: QlinkReport): string[] {
  const troubles: string[] = []
  if (problem !== null) troubles.push(`The files: ${problem}`)
  if (status === null) return troubles
  if (status.diskError !== null) troubles.push(`Nothing is acknowledged: ${status.diskError}`)
  if (status.phase === 'open' && status.link.state !== 'receiving')
    troubles.push(`Commits wait, the leader is not heard: ${status.link.error ?? 'connecting'}`)
  if (status.throttled) troubles.push('Commits are slowed down, so that the shadow can catch up.')
  return troubles
}
