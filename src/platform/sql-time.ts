/** `DATETIME(3)` in UTC, as the bank's tables hold it. */
export function sqlTimestamp(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 23).replace('T', ' ')
}

/** `2026-01-02 03:04:05.678` -> `2026-01-02T03:04:05.678Z` */
export function isoOfSql(timestamp: string): string {
  return `${timestamp.replace(' ', 'T')}Z`
}

/** The calendar day in UTC, `2026-01-02`. */
export function dayOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10)
}
