import { byteTable } from './byte-table.js'
import { customersMax, type PopulationIdentity } from './population.js'
import type { TsvWriter } from './tsv-writer.js'

/** Mobile prefixes that no operator was given (as of 2022): 10^8 numbers each. */
export const safeMobilePrefixes = [142, 143, 154, 161, 164, 194] as const

/** 32 prefixes in use. */
const assignedMobilePrefixes = [
  ...[130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156],
  ...[157, 158, 159, 176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189],
] as const

/** Mobile numbers from slots in [0, 2^29): a larger slot has a larger number. */
export class MobileNumbers {
  readonly #prefixes
  readonly #perPrefix: number
  /** Between the numbers of neighbouring slots. */
  readonly #stride: number

  constructor(identity: PopulationIdentity) {
    const prefixes = identity === 'safe' ? safeMobilePrefixes : assignedMobilePrefixes
    this.#prefixes = byteTable(prefixes.map(String))
    this.#perPrefix = Math.ceil(customersMax / prefixes.length)
    this.#stride = Math.floor(100_000_000 / this.#perPrefix)
  }

  /** Appends 11 digits. */
  write(writer: TsvWriter, slot: number): void {
    const prefix = (slot / this.#perPrefix) | 0
    writer.entry(this.#prefixes, prefix)
    writer.eight(this.#digitsOf(slot, prefix))
  }

  /** What `subTableOfMobile` says of the number's text. */
  subTableOf(slot: number): number {
    return this.#digitsOf(slot, (slot / this.#perPrefix) | 0) & 15
  }

  /** The eight digits after the prefix. With a stride above 1, which number of a slot's it is depends on the slot. */
  #digitsOf(slot: number, prefix: number): number {
    const within = slot - prefix * this.#perPrefix
    if (this.#stride === 1) return within
    return within * this.#stride + ((Math.imul(slot, 0x9e37_79b1) >>> 24) % this.#stride)
  }
}
