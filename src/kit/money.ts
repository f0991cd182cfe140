import type { Brand } from './brand.js'

/** An amount in minor units (fen): always an integer, never a floating-point number. */
export type Minor = Brand<bigint, 'Minor'>

export function minor(amount: bigint): Minor {
  return amount as Minor
}

/** `123456n` -> `1,234.56` */
export function formatMinor(amount: bigint): string {
  const sign = amount < 0n ? '-' : ''
  const absolute = amount < 0n ? -amount : amount
  const whole = (absolute / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = (absolute % 100n).toString().padStart(2, '0')
  return `${sign}${whole}.${fraction}`
}
