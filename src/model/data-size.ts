/** Data of two runs may differ by this share: tables grow while they are written to. */
const tolerance = 0.1

/** Whether two runs worked on about as much data, so that they can be put side by side. */
export function isSameDataSize(oneBytes: number, otherBytes: number): boolean {
  return Math.abs(oneBytes - otherBytes) <= tolerance * Math.max(oneBytes, otherBytes)
}
