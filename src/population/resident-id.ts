import { slotsPerCellMax } from './births.js'
import type { TsvWriter } from './tsv-writer.js'

/**
 * Resident identity numbers in the form of GB 11643-1999: 6 digits address code, 8 birth date, 3 sequence (odd for
 * men, even for women), 1 check character after ISO 7064 MOD 11-2.
 *
 * A right check character alone would make some of them the numbers of living people. So the address codes are
 * 339900 to 339999, which were never assigned to any place.
 */
const safeAddressPrefix = Buffer.from('3399', 'latin1')

/**
 * Writes 18 characters for a person born in `cell` (day x 2 + sex) who is the `rank`-th of that day and sex;
 * `compactDates` holds `YYYYMMDD` of every day.
 */
export function writeResidentId(
  writer: TsvWriter,
  compactDates: Uint8Array,
  cell: number,
  rank: number,
): void {
  const { buffer } = writer
  const start = writer.length
  const scattered = (rank * scatterFactor + cell) % slotsPerCellMax
  writer.copy(safeAddressPrefix, 0, 4)
  writer.fixed(scattered % 100, 2)
  writer.copy(compactDates, (cell >>> 1) * 8, 8)
  // Sequence 000 is not issued; men have cell & 1 = 0 and an odd sequence.
  writer.fixed(2 * Math.floor(scattered / 100) + 1 + (cell & 1), 3)
  writer.byte(checkCharacter(buffer, start))
}

/** Whether `text` has the form, and the check character, of a resident identity number. */
export function isResidentId(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false
  const bytes = Buffer.from(text, 'latin1')
  return bytes[17] === checkCharacter(bytes, 0)
}

/** Spreads neighbouring ranks over address codes and sequences; prime to 49,900, so no two ranks meet. */
const scatterFactor = 20_011

const weights = Uint8Array.of(7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
const checkCharacters = Buffer.from('10X98765432', 'latin1')

function checkCharacter(buffer: Buffer, start: number): number {
  let sum = 0
  for (let index = 0; index < 17; index++) {
    sum += ((buffer[start + index] as number) - 0x30) * (weights[index] as number)
  }
  return checkCharacters[sum % 11] as number
}
