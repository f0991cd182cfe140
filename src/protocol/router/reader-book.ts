import type { NodeName } from '../../model/node.js'
import { readersOf, type Topology } from '../../model/topology.js'
import type { Wish } from './wish.js'

/** A wish at the time at which a reader is looked for. */
type Sought = Wish & { readonly nowMs: number }

/** What is known of the nodes that serve reads. */
export interface ReaderBook {
  /** Who shares the reads of mode `any`, and those among them that are replicas; both in the order of the round. */
  readonly readers: readonly NodeName[]
  readonly replicas: readonly NodeName[]
  /** Left out because they are too far behind, until they are clearly well again. */
  readonly lagging: readonly NodeName[]
  /** Left out for a while after a failure. */
  readonly benched: readonly { readonly node: NodeName; readonly untilMs: number }[]
  /** How far behind each one was when it was last measured; who is not here is not known. */
  readonly lags: Readonly<Record<string, MeasuredLag>>
  readonly turn: number
}

export interface MeasuredLag {
  readonly lagMs: number
  readonly atMs: number
}

export interface ReaderLimits {
  /** How long a reader that failed is left out. */
  readonly benchMs: number
  /** A reader leaves above the first and comes back at or below the second, so that it does not flutter. */
  readonly lagMsMax: number
  readonly lagMsReturn: number
}

export const emptyReaderBook: ReaderBook = Object.freeze({
  readers: [],
  replicas: [],
  lagging: [],
  benched: [],
  lags: {},
  turn: 0,
})

/** The next reader in turn that is fit for the wish, with the book after it; null when none is. */
export function nextReader(
  book: ReaderBook,
  wish: Sought,
): { readonly book: ReaderBook; readonly node: NodeName } | null {
  const candidates = wish.mode === 'any' ? book.readers : book.replicas
  const choosy = wish.mode === 'bounded' || wish.avoid !== undefined
  const allWell = book.lagging.length === 0 && book.benched.length === 0
  const fit =
    allWell && !choosy
      ? candidates
      : candidates.filter((node) => isWell(book, node, wish.nowMs) && suits(book, node, wish))
  const node = fit[book.turn % Math.max(1, fit.length)]
  if (node === undefined) return null
  return { node, book: { ...book, turn: (book.turn + 1) % 0x4000_0000 } }
}

/** The readers of a new topology. Whoever did not serve before is not known any more. */
export function withTopology(book: ReaderBook, topology: Topology): ReaderBook {
  const readers = readersOf(topology).map((node) => node.name)
  const lags = Object.entries(book.lags).filter(([node]) =>
    topology.nodes.some(({ name, serving }) => name === node && serving),
  )
  return {
    ...book,
    readers,
    replicas: readers.filter((name) => name !== topology.master),
    lags: Object.fromEntries(lags),
  }
}

/** `lagMs` null = not known, which does not count against a reader of `any`, and never serves `bounded`. */
export function withLag(
  book: ReaderBook,
  measured: { readonly node: NodeName; readonly lagMs: number | null; readonly nowMs: number },
  limits: ReaderLimits,
): ReaderBook {
  const { node, lagMs, nowMs } = measured
  const { [node]: _forgotten, ...others } = book.lags
  const lags = lagMs === null ? others : { ...others, [node]: { lagMs, atMs: nowMs } }
  const wasLagging = book.lagging.includes(node)
  const lagging = lagMs !== null && lagMs > (wasLagging ? limits.lagMsReturn : limits.lagMsMax)
  const benched = book.benched.filter(({ untilMs }) => untilMs > nowMs)
  if (lagging === wasLagging) return { ...book, benched, lags }
  const wellOnes = book.lagging.filter((name) => name !== node)
  return { ...book, benched, lags, lagging: lagging ? [...wellOnes, node] : wellOnes }
}

export function withBenched(
  book: ReaderBook,
  failed: { readonly node: NodeName; readonly nowMs: number },
  limits: ReaderLimits,
): ReaderBook {
  const { node, nowMs } = failed
  const others = book.benched.filter((each) => each.node !== node && each.untilMs > nowMs)
  return { ...book, benched: [...others, { node, untilMs: nowMs + limits.benchMs }] }
}

function isWell(book: ReaderBook, node: NodeName, nowMs: number): boolean {
  if (book.lagging.includes(node)) return false
  return !book.benched.some((each) => each.node === node && each.untilMs > nowMs)
}

function suits(book: ReaderBook, node: NodeName, wish: Sought): boolean {
  if (wish.avoid?.includes(node)) return false
  if (wish.mode !== 'bounded') return true
  const known = book.lags[node]
  // It may have stood still since it was measured: then it is that much further behind.
  return known !== undefined && known.lagMs + (wish.nowMs - known.atMs) <= (wish.maxLagMs ?? 0)
}
