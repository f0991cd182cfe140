import { join } from 'node:path'

/** Segments are numbered from 1 without a gap; eight digits keep a listing in order. */
export function segmentFileOf(dir: string, segment: number): string {
  return join(dir, `${numberText(segment)}.binlog`)
}

export function indexFileOf(dir: string, segment: number): string {
  return join(dir, `${numberText(segment)}.index`)
}

/** The numbers of the segments among the names of a folder, in order. */
export function segmentsAmong(names: readonly string[]): readonly number[] {
  return names
    .flatMap((name) => (/^\d{8}\.binlog$/.test(name) ? [Number(name.slice(0, 8))] : []))
    .sort((a, b) => a - b)
}

function numberText(segment: number): string {
  return String(segment).padStart(8, '0')
}
