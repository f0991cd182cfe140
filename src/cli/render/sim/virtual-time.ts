/** `23.362327 s`: to the microsecond, which is what a virtual world counts in. */
export function virtualTime(atUs: number): string {
  return `${(atUs / 1_000_000).toFixed(6)} s`
}
