import { assert } from '../kit/assert.js'
import { mix32 } from '../kit/random.js'
import { Field } from './field.js'

/**
 * A shuffle of [0, domain) that needs no memory: each number has exactly one image, and the way back is as cheap.
 * That is what makes identifiers unique by construction instead of by a set of those already given.
 *
 * A balanced Feistel network of four rounds over the next even number of bits; images outside the domain are sent
 * through again ("cycle walking"), fewer than four times on average.
 */
export class Permutation {
  readonly #halfBits: number
  readonly #mask: number
  readonly #keys: readonly [number, number, number, number]

  constructor(
    readonly domain: number,
    key: { readonly seed: number; readonly name: string },
  ) {
    assert(Number.isInteger(domain) && domain >= 1 && domain <= domainMax, `domain out of range: ${domain}`)
    this.#halfBits = halfBitsOf(domain)
    this.#mask = 2 ** this.#halfBits - 1
    const keys = new Field(key.seed, 'permutation', key.name)
    this.#keys = [keys.uint32(0), keys.uint32(1), keys.uint32(2), keys.uint32(3)]
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
    const mask = this.#mask
    let left = value >>> this.#halfBits
    let right = value & mask
    left ^= mix32(right + this.#keys[0]) & mask
    right ^= mix32(left + this.#keys[1]) & mask
    left ^= mix32(right + this.#keys[2]) & mask
    right ^= mix32(left + this.#keys[3]) & mask
    return (left << this.#halfBits) | right
  }

  #backward(value: number): number {
    const mask = this.#mask
    let left = value >>> this.#halfBits
    let right = value & mask
    right ^= mix32(left + this.#keys[3]) & mask
    left ^= mix32(right + this.#keys[2]) & mask
    right ^= mix32(left + this.#keys[1]) & mask
    left ^= mix32(right + this.#keys[0]) & mask
    return (left << this.#halfBits) | right
  }
}

/** Two halves of 15 bits: values stay small integers in V8. */
const domainMax = 2 ** 30

function halfBitsOf(domain: number): number {
  let halfBits = 1
  while (2 ** (2 * halfBits) < domain) halfBits++
  return halfBits
}
