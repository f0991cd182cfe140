import type { CorelabError } from '../../../kit/errors.js'
import { corelabError } from '../../../kit/errors.js'

/** Where qlink's log is not what it was, and what is wrong there. */
export interface LogDamage {
  readonly file: string
  /** Of the first byte in question. */
  readonly offset: number
  readonly reason: string
}

/** QLINK_LOG_DAMAGED: the log is kept as it is, because what is missing may have been acknowledged. */
export function logDamaged({ file, offset, reason }: LogDamage): CorelabError {
  return corelabError('QLINK_LOG_DAMAGED', {
    message: `qlink's log is damaged: ${file} at offset ${offset}`,
    detail: `${reason}\nNothing is acknowledged before this is settled; no file was changed.`,
    fix: ['corelab qlink verify', 'corelab explain QLINK_LOG_DAMAGED'],
  })
}
