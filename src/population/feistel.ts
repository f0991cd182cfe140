import { assert } from '../kit/assert.js'
import { Field } from './field.js'

/**
 * A shuffle of [0, domain) that needs no memory: each number has exactly one image, and the way back is as cheap.
 * That is what makes identifiers unique by construction instead of by a set of those already given.
 *
 * A Feistel network of six rounds over the next number of bits; images outside the domain are sent through again
 * ("cycle walking"), fewer than twice on average, and never when the domain is a power of two. The round function is
 * the upper bits of a product with a random odd number (Dietzfelbinger's multiplicative hashing): pairwise
 * independent, and one multiplication.
 */
export class Permutation {
  readonly #leftBits: number
  readonly #leftMask: number
  readonly #rightMask: number
  /** Round by round: what is added, and what is multiplied with. */
  readonly #a0: number
  readonly #a1: number
  readonly #a2: number
  readonly #a3: number
  readonly #a4: number
  readonly #a5: number
  readonly #m0: number
  readonly #m1: number
  readonly #m2: number
  readonly #m3: number
  readonly #m4: number
  readonly #m5: number

  constructor(
    readonly domain: number,
    key: { readonly seed: number; readonly name: string },
  ) {
    assert(Number.isInteger(domain) && domain >= 1 && domain <= domainMax, `domain out of range: ${domain}`)
    const bits = bitsOf(domain)
    this.#leftBits = bits >>> 1
    this.#leftMask = 2 ** this.#leftBits - 1
    this.#rightMask = 2 ** (bits - this.#leftBits) - 1
    const keys = new Field(key.seed, 'permutation', key.name)
    const addend = (round: number) => keys.uint32(round) >>> 2
    const factor = (round: number) => keys.uint32(round + 6) | 1
    this.#a0 = addend(0)
    this.#a1 = addend(1)
    this.#a2 = addend(2)
    this.#a3 = addend(3)
    this.#a4 = addend(4)
    this.#a5 = addend(5)
    this.#m0 = factor(0)
    this.#m1 = factor(1)
    this.#m2 = factor(2)
    this.#m3 = factor(3)
    this.#m4 = factor(4)
    this.#m5 = factor(5)
  }

  /** The image of `index`; both are in [0, domain). */
  apply(index: number): number {
    let value = index
    do value = this.#forward(value)
    while (value >= this.domain)
    return value
  }

  /** The index whose image is `image`. */
  invert(image: number): number {
    let value = image
    do value = this.#backward(value)
    while (value >= this.domain)
    return value
  }

  #forward(value: number): number {
    const leftMask = this.#leftMask
    const rightMask = this.#rightMask
    let left = value & leftMask
    let right = value >>> this.#leftBits
    left ^= (Math.imul(right + this.#a0, this.#m0) >>> 16) & leftMask
    right ^= (Math.imul(left + this.#a1, this.#m1) >>> 16) & rightMask
    left ^= (Math.imul(right + this.#a2, this.#m2) >>> 16) & leftMask
    right ^= (Math.imul(left + this.#a3, this.#m3) >>> 16) & rightMask
    left ^= (Math.imul(right + this.#a4, this.#m4) >>> 16) & leftMask
    right ^= (Math.imul(left + this.#a5, this.#m5) >>> 16) & rightMask
    return (right << this.#leftBits) | left
  }

  #backward(value: number): number {
    const leftMask = this.#leftMask
    const rightMask = this.#rightMask
    let left = value & leftMask
    let right = value >>> this.#leftBits
    right ^= (Math.imul(left + this.#a5, this.#m5) >>> 16) & rightMask
    left ^= (Math.imul(right + this.#a4, this.#m4) >>> 16) & leftMask
    right ^= (Math.imul(left + this.#a3, this.#m3) >>> 16) & rightMask
    left ^= (Math.imul(right + this.#a2, this.#m2) >>> 16) & leftMask
    right ^= (Math.imul(left + this.#a1, this.#m1) >>> 16) & rightMask
    left ^= (Math.imul(right + this.#a0, this.#m0) >>> 16) & leftMask
    return (right << this.#leftBits) | left
  }
}

/** Values stay small integers in V8. */
const domainMax = 2 ** 30

function bitsOf(domain: number): number {
  let bits = 2
  while (2 ** bits < domain) bits++
  return bits
}
