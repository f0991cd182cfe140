import { trackGtids } from '../../../clients/binlog/gtid-tracker.js'
import type { EpochRecord } from '../../../model/qlink.js'

/** Whose transactions follow a position of the log: the last epoch that was opened there or before; 0 before the first. */
export function epochAt(
  records: readonly EpochRecord[],
  place: { readonly position: string; readonly engine: 'mariadb' | 'mysql' },
): number {
  const position = trackGtids(place.engine, place.position)
  const opened = records.filter((record) => record.kind === 'open' && position.hasAll(record.from))
  return Math.max(0, ...opened.map((record) => (record.kind === 'open' ? record.epoch : 0)))
}
