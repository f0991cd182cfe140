/** A seeded source of randomness; the same seed gives the same draws on every machine. */
export interface Random {
  /** An integer in [0, 2^32). */
  uint32(): number
  /** A number in [0, 1). */
  fraction(): number
  /** An integer in [0, limit). */
  below(limit: number): number
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32 so that near seeds give far streams.
 * Integer arithmetic only: V8 versions agree bit for bit.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0
    return mix32(state)
  }
  let a = next()
  let b = next()
  let c = next()
  let counter = 1
  const uint32 = () => {
    const result = (((a + b) >>> 0) + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = ((c << 21) | (c >>> 11)) >>> 0
    c = (c + result) >>> 0
    return result
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) uint32()
  return {
    uint32,
    fraction: () => uint32() / 0x1_0000_0000,
    below: (limit) => Math.floor((uint32() / 0x1_0000_0000) * limit),
  }
}

/** The finaliser of splitmix32: a bijection on 32-bit integers with good avalanche. */
export function mix32(value: number): number {
  let z = value >>> 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

/** A 32-bit hash of a string (FNV-1a): stable across machines, not for security. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
