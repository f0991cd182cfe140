import { assert } from './assert.js'
import type { Brand } from './brand.js'

/** An amount in minor units (fen): always an integer, never a floating-point number. */
export type Minor = Brand<bigint, 'Minor'>

export function minor(amount: bigint): Minor {
  return amount as Minor
}

/** Reads the decimal string of minor units that JSON and SQL carry. Throws BugError when it is not one. */
export function parseMinor(text: string): Minor {
  assert(/^-?\d{1,18}$/.test(text), `not an amount in minor units: ${text}`)
  return BigInt(text) as Minor
}

/** `123456n` -> `1,234.56` */
export function formatMinor(amount: bigint): string {
  const sign = amount < 0n ? '-' : ''
  const absolute = amount < 0n ? -amount : amount
  const whole = (absolute / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = (absolute % 100n).toString().padStart(2, '0')
  return `${sign}${whole}.${fraction}`
}
