const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1536` -> `1.5 KiB` */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024
    unit++
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${byteUnits[unit]}`
}

/** `83_000` -> `1 m 23 s`; below ten seconds with one decimal, below one second in milliseconds. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`
  const seconds = durationMs / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} m ${whole % 60} s`
}

/** `1234567` -> `1,234,567` */
export function formatCount(count: number | bigint): string {
  return (typeof count === 'bigint' ? count : Math.round(count)).toString().replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `90s`, `2m`, `500ms`, `1h` -> milliseconds; null when the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(text.trim())
  if (!match) return null
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] as 'ms' | 's' | 'm' | 'h']
  return Number(match[1]) * factor
}
