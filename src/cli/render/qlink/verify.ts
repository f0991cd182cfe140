import type { LogVerification } from '../../../cluster/qlink/inspect/verify-log.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatBytes, formatCount } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { nextStepLines } from '../next-steps.js'

export function qlinkVerifyAnswer(found: LogVerification, env: string): Answer {
  return {
    data: { ok: found.damages.length === 0, ...found },
    lines: (screen) => verifyLines(found, { env, screen }),
    exit: found.damages.length === 0 ? exitCodes.ok : exitCodes.negative,
    env,
  }
}

function verifyLines(found: LogVerification, { env, screen }: { env: string; screen: Screen }): string[] {
  const { paint, width } = screen
  const { damages, transactions, segments, bytes, journalRecords } = found
  const size = `${counted(transactions, 'transaction')} in ${counted(segments, 'segment')}, ${formatBytes(bytes)}`
  const journal = `${counted(journalRecords, 'record')} of epochs and terms`
  if (damages.length === 0) return [`${paint.good('Whole')}: ${size}; ${journal}.`]
  const places = damages.flatMap(({ file, offset, gtid, reason }) => [
    file,
    ...indented(
      wrapText(`at offset ${offset}${gtid === null ? '' : `, in ${gtid}`}: ${reason}`, width - 4),
      4,
    ),
  ])
  return [
    `${paint.bad('Damaged')}: ${size}; ${journal}.`,
    '',
    ...indented(places, 2),
    '',
    ...nextStepLines(['corelab explain QLINK_LOG_DAMAGED'], { env, screen }),
  ]
}

function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
