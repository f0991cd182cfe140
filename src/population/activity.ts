import { power } from './portable-math.js'

/**
 * Entries of an account in 30 days, by Zipf's law: the account of rank r is used r^-0.8 times as often as the first
 * (the exponent that sysbench uses). The rank is the draw, so a population of any size has its hot accounts.
 */
const exponent = 0.8
const median = 3
/** A till of a large shop. */
const most = 60_000

const points = 4096

/** The entries of a draw in [0, 2^32): the smaller the draw, the hotter the account. */
export function activityOf(draw: number): number {
  if (draw < 0x10_0000) {
    // The hottest 4,096th: a table of their own.
    return hottest[draw >>> 8] as number
  }
  return others[draw >>> 20] as number
}

const hottest = Uint32Array.from({ length: points }, (_, point) => entriesAt((point + 0.5) / points / points))
const others = Uint32Array.from({ length: points }, (_, point) => entriesAt((point + 0.5) / points))

function entriesAt(rank: number): number {
  return Math.min(most, Math.floor(median * power(rank / 0.5, -exponent)))
}
