import type { Cast } from '../cast.js'
import type { LinkTrouble } from '../world/links.js'
import type { Process } from '../world/process.js'
import type { Fault } from './schedule.js'

interface Sides {
  readonly one: readonly Process[]
  readonly other: readonly Process[]
}

/** Cuts both ways or one way, so that what is sent waits or is lost. Returns how to heal it. */
export function cut(cast: Cast, { choice }: Fault, sides: Sides): () => void {
  const trouble: LinkTrouble = (choice & 1) === 0 ? { stall: 1 } : { drop: 1 }
  const isBothWays = (choice & 6) !== 0
  const isOutward = (choice & 8) !== 0
  return apply(
    cast,
    linksBetween(sides, { there: isBothWays || isOutward, back: isBothWays || !isOutward }),
    trouble,
  )
}

/** Two groups of processes, drawn by lot, that do not hear each other. A host's own file of the truth is not concerned. */
export function cutAtRandom(cast: Cast, fault: Fault): () => void {
  const isOne = (process: Process) => ((fault.choice >>> (process.index + 8)) & 1) === 0
  const { processes } = cast.world
  return cut(cast, fault, {
    one: processes.filter(isOne),
    other: processes.filter((process) => !isOne(process)),
  })
}

export function slowDown(cast: Cast, { choice }: Fault): () => void {
  const { processes } = cast.world
  const isBad = (index: number) => ((choice >>> (index % 16)) & 1) === 0
  const bad = processes.filter(({ index }) => isBad(index))
  const trouble: LinkTrouble =
    (choice & 0x10000) === 0
      ? { delayUs: 2000 + (choice % 200_000) }
      : { delayUs: choice % 10_000, lossPermille: 5 + (choice % 50) }
  return apply(cast, linksBetween({ one: bad, other: processes }, { there: true, back: true }), trouble)
}

type Link = readonly [from: Process, to: Process]

function linksBetween(
  { one, other }: Sides,
  ways: { readonly there: boolean; readonly back: boolean },
): readonly Link[] {
  return one.flatMap((left) =>
    other.flatMap((right): Link[] => [
      ...(ways.there && left !== right ? [[left, right] as const] : []),
      ...(ways.back && left !== right ? [[right, left] as const] : []),
    ]),
  )
}

function apply({ network }: Cast, links: readonly Link[], trouble: LinkTrouble): () => void {
  for (const [from, to] of links) network.trouble(from, to, trouble)
  const lessened: LinkTrouble = {
    stall: -(trouble.stall ?? 0),
    drop: -(trouble.drop ?? 0),
    delayUs: -(trouble.delayUs ?? 0),
    lossPermille: -(trouble.lossPermille ?? 0),
  }
  return () => {
    for (const [from, to] of links) network.trouble(from, to, lessened)
  }
}
