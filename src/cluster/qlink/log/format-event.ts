/** Header (19 bytes), binlog version (2), server version (50): the time of creation, 4 bytes, lies behind them. */
const headerBytes = 19
const createdOffset = headerBytes + 2 + 50
const checksumBytes = 4

/** Whether two format descriptions say the same about how events are to be read; their times may differ. */
export function isSameFormat(one: Buffer, other: Buffer): boolean {
  if (one.length !== other.length) return false
  const ranges = [
    [headerBytes, createdOffset],
    [createdOffset + 4, one.length - checksumBytes],
  ] as const
  return ranges.every(([from, to]) => one.subarray(from, to).equals(other.subarray(from, to)))
}
