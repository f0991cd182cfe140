import type { CorelabError } from '../../kit/errors.js'
import { corelabError } from '../../kit/errors.js'
import type { QlinkStatus } from '../../model/qlink.js'

/** The way out when nobody knows any more what was acknowledged; it asks before it does anything. */
export const wayOutOfLostLog = 'corelab cluster failover --force-with-possible-loss'

/**
 * Why a qlink cannot be the one that acknowledged in the present epoch; null when it can. Each epoch is durable in its journal
 * before it is published, so one that does not know it has lost its files, and with them what it acknowledged (I6).
 */
export function forgottenEpoch(known: number, present: number): string | null {
  return known >= present ? null : `its log is gone: it knows nothing of epoch ${present}`
}

/** Why qlink's log is lost for good, so that waiting does not help; null when it is not. */
export function lostLogOf(qlink: QlinkStatus, presentEpoch: number): string | null {
  if (qlink.logDamaged) return qlink.diskError ?? 'its log is damaged'
  // While its disk cannot be read nothing is known of the log.
  return qlink.diskError === null ? forgottenEpoch(qlink.epoch, presentEpoch) : null
}

export function logLost(why: string): CorelabError {
  return corelabError('QLINK_LOG_LOST', {
    message: `qlink: ${why}; so nobody knows what was acknowledged`,
    fix: ['corelab qlink status', wayOutOfLostLog],
  })
}
