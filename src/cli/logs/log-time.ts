const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * When a server wrote a line, in milliseconds since the epoch; null when the line does not begin with a time (it
 * belongs to the line before). Without a zone it is local time, as the servers mean it.
 *
 * MariaDB `2026-11-22 16:33:05 0 [Note]`, RabbitMQ `2026-11-22 16:33:05.123456+00:00 [info]`,
 * Redis `4711:M 22 Nov 2026 16:33:05.123 *`, our own JSON `{"at":"2026-11-22T16:33:05.123Z"`.
 */
export function timeOfLine(line: string): number | null {
  const iso = /^(?:\{"at":")?(\d{4}-\d\d-\d\d)[T ]+(\d{1,2}:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?/.exec(line)
  if (iso) return timeOf(`${iso[1]}T${iso[2]?.padStart(8, '0')}${iso[3] ?? ''}`)
  const redis = /^\d+:[A-Z] (\d{2}) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d(?:\.\d+)?)/.exec(line)
  if (!redis) return null
  const month = (months.indexOf(redis[2] ?? '') + 1).toString().padStart(2, '0')
  return timeOf(`${redis[3]}-${month}-${redis[1]}T${redis[4]}`)
}

function timeOf(text: string): number | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}
