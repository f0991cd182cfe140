/** A place in a server's binlog. */
export interface FilePosition {
  readonly file: string
  readonly position: number
}

/**
 * Whether `left` is before `right`. Names are compared by their number: as text, `binlog.999999` would be behind
 * `binlog.1000000`.
 */
export function isBefore(places: { readonly left: FilePosition; readonly right: FilePosition }): boolean {
  const { left, right } = places
  if (left.file === right.file) return left.position < right.position
  return fileNumber(left.file) < fileNumber(right.file)
}

/** `binlog.000012` -> 12; 0 for a name without a number. */
export function fileNumber(name: string): number {
  return Number(/\.(\d+)$/.exec(name)?.[1] ?? 0)
}
