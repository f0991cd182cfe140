import type { Context } from '../../kit/context.js'
import type { ComparedBlock, SideName } from '../../model/bench-comparison.js'
import type { BenchCheck, BenchResult } from '../../model/bench-result.js'
import { markContaminated } from './judge-blocks.js'
import type { BlockSeen, CompareSide } from './side.js'

export interface BlocksSeen {
  readonly blocks: readonly ComparedBlock[]
  /** Checks of all blocks that failed, and one line for those that did not. */
  readonly checks: readonly BenchCheck[]
  /** The first result of each side, to compare their conditions; null for a program that is not ours. */
  readonly first: { readonly a: BenchResult | null; readonly b: BenchResult | null }
  /** Why the comparison claims nothing; null when every block counts. */
  readonly notAComparison: string | null
}

/**
 * Measures two sides in turns, ABBA: what drifts on the host hits both alike. After the first block of each, `likeness` may
 * throw, before time is spent on sides that do not compare. Ctrl+C leaves the rounds that are whole.
 */
export async function runBlocks(
  sides: { readonly a: CompareSide; readonly b: CompareSide },
  options: {
    readonly rounds: number
    likeness(first: { readonly a: BenchResult; readonly b: BenchResult }): void
  },
  context: Context,
): Promise<BlocksSeen> {
  const order: readonly SideName[] = ['a', 'b', 'b', 'a']
  const seen: (BlockSeen & { readonly side: SideName; readonly round: number })[] = []
  const counts = { a: 0, b: 0 }
  const total = options.rounds * order.length
  for (let index = 0; index < total && !context.signal.aborted; index++) {
    const side = order[index % order.length] as SideName
    const round = Math.floor(index / order.length)
    context.emit({
      kind: 'note',
      message: `Block ${index + 1} of ${total}: ${sides[side].described.label}`,
    })
    const block = await measureOrStop(sides[side], counts[side]++, context)
    if (block === null) break
    seen.push({ ...block, side, round })
    const { a, b } = firstOf(seen)
    if (index === 1 && a && b) options.likeness({ a, b })
  }
  const whole = seen.filter(
    ({ round }) => seen.filter((each) => each.round === round).length === order.length,
  )
  const marked = markContaminated(
    whole.map(({ side, round, startedAt, windowMs, figures, noisyShare }) => ({
      ...{ side, round, startedAt, windowMs, noisyShare },
      ...figures,
    })),
  )
  return {
    blocks: marked,
    checks: checksOf(whole),
    first: firstOf(seen),
    notAComparison: whole.length === 0 ? 'no round was whole' : reasonAgainst(whole, sides),
  }
}

/** null after Ctrl+C: a program that is not ours is ended in the middle of its block. */
function measureOrStop(side: CompareSide, index: number, context: Context): Promise<BlockSeen | null> {
  return side.measure(index, context).catch((error: unknown) => {
    if (context.signal.aborted) return null
    throw error
  })
}

function firstOf(seen: readonly (BlockSeen & { readonly side: SideName })[]): BlocksSeen['first'] {
  const of = (side: SideName) => seen.find((block) => block.side === side)?.result ?? null
  return { a: of('a'), b: of('b') }
}

function reasonAgainst(
  blocks: readonly (BlockSeen & { readonly side: SideName })[],
  sides: { readonly a: CompareSide; readonly b: CompareSide },
): string | null {
  const bad = blocks.find(({ notAFigure }) => notAFigure !== null)
  return bad ? `${sides[bad.side].described.label}: ${bad.notAFigure}` : null
}

function checksOf(blocks: readonly (BlockSeen & { readonly side: SideName })[]): readonly BenchCheck[] {
  const all = blocks.flatMap(({ checks }) => checks)
  const names = [...new Set(all.map(({ name }) => name))]
  return names.map((name) => {
    const own = all.filter((check) => check.name === name)
    const broken = own.find(({ valid }) => !valid)
    return broken ?? { name, valid: true, summary: `held in all ${own.length} blocks in which it was made` }
  })
}
