import type { DumpResult } from '../../../cluster/qlink/inspect/dump-log.js'
import { exitCodes } from '../../../kit/exit-codes.js'
import { formatBytes, formatCount } from '../../../kit/units.js'
import type { Answer } from '../../answer.js'

/** `file` is null when the dump went to stdout, where nothing else may stand. */
export function qlinkDumpAnswer(result: DumpResult, file: string | null, env: string): Answer {
  const { transactions, bytes, first, last } = result
  return {
    data: { file, ...result },
    lines: () => {
      if (file === null) return []
      if (transactions === 0) return ['No transaction of the log is in that part; no file was written.']
      const range = first === last ? first : `${first} to ${last}`
      return [`${file}: ${formatCount(transactions)} transactions, ${formatBytes(bytes)}, ${range}.`]
    },
    exit: transactions === 0 ? exitCodes.negative : exitCodes.ok,
    env,
  }
}
