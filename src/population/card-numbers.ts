import { type CustomerId, customerIdBase } from '../model/sub-tables.js'
import { byteTable } from './byte-table.js'
import type { PopulationIdentity } from './population.js'
import type { TsvWriter } from './tsv-writer.js'

/**
 * Issuer numbers, 6 digits. Safe: ISO/IEC 7812 leaves numbers that begin with 9 to national bodies, by the country's
 * code in digits 2 to 4, and 999 is the code of no country. Lookalike: from the range of UnionPay.
 */
export const issuerNumbers: Readonly<Record<PopulationIdentity, string>> = {
  safe: '999901',
  lookalike: '622881',
}

/**
 * Appends the 19 digits of a debit card: issuer, two digits entity, 0, nine digits that no other customer has, and
 * Luhn's check digit (ISO/IEC 7812-1, annex B).
 */
export function writeCardNo(
  writer: TsvWriter,
  card: { readonly id: CustomerId; readonly entity: number; readonly identity: PopulationIdentity },
): void {
  const { id, entity, identity } = card
  const number = id - customerIdBase
  const high = (number / 10_000) | 0
  const higher = (high / 10_000) | 0
  const middle = high - higher * 10_000
  const low = number - high * 10_000
  writer.entry(issuers, identity === 'safe' ? 0 : 1)
  writer.two(entity)
  writer.byte(zero)
  writer.digit(higher)
  writer.four(middle)
  writer.four(low)
  // Of 18 digits every second from the right is doubled: in groups of even length, the same ones in each.
  const sum =
    (issuerSums[identity] as number) +
    (pairSums[entity] as number) +
    (pairSums[higher] as number) +
    quadSum(middle) +
    quadSum(low)
  writer.digit((100_000 - sum) % 10)
}

/** Whether a card number of any length ends with the right check digit. */
export function isCardNo(text: string): boolean {
  return /^\d{12,19}$/.test(text) && luhnSum(`${text.slice(0, -1)}`) % 10 === (10 - Number(text.at(-1))) % 10
}

const zero = 0x30
const issuers = byteTable([issuerNumbers.safe, issuerNumbers.lookalike])

/** The sum of Luhn's method over digits before the check digit. */
function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
}

const pairSums = Uint8Array.from({ length: 100 }, (_, pair) => luhnSum(pair.toString().padStart(2, '0')))
const issuerSums: Readonly<Record<PopulationIdentity, number>> = {
  safe: luhnSum(issuerNumbers.safe),
  lookalike: luhnSum(issuerNumbers.lookalike),
}

function quadSum(value: number): number {
  const high = (value / 100) | 0
  return (pairSums[high] as number) + (pairSums[value - high * 100] as number)
}
