import type { LogBound } from '../../cluster/qlink/inspect/log-selection.js'
import { corelabError } from '../../kit/errors.js'
import { parseDuration } from '../../kit/units.js'

/** `0-1-99`, `uuid:99`, a time as ISO 8601, or a duration that counts back from now. Throws USAGE. */
export function parseLogBound(text: string, nowMs: number): LogBound {
  if (/^\d+-\d+-\d+$|^[0-9a-f-]{36}:\d+$/i.test(text)) return { kind: 'gtid', gtid: text }
  const durationMs = parseDuration(text)
  const atMs = durationMs === null ? Date.parse(text) : nowMs - durationMs
  if (!Number.isNaN(atMs)) return { kind: 'time', atSeconds: Math.floor(atMs / 1000) }
  throw corelabError('USAGE', {
    message: `"${text}" is neither a transaction nor a time`,
    detail: 'Write for example 0-1-1234, 2026-11-22T10:15:00Z, or 5m for five minutes ago.',
  })
}
