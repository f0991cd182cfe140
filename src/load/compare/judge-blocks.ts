import { pairedRatio } from '../../kit/statistics/paired-ratio.js'
import { median } from '../../kit/statistics/percentile-interval.js'
import { runSpread } from '../../kit/statistics/run-spread.js'
import type {
  ComparedBlock,
  ComparedMeasure,
  ComparedRatio,
  ComparisonNoise,
  RatioInterval,
} from '../../model/bench-comparison.js'

export const measures: Readonly<Record<ComparedMeasure, 'higher' | 'lower'>> = {
  perSecond: 'higher',
  p50Us: 'lower',
  p95Us: 'lower',
  p99Us: 'lower',
  clientCpuUs: 'lower',
  totalCpuUs: 'lower',
}

/**
 * What the blocks say: for each measure the ratio `a : b` of neighbours in time. Each ABBA round gives two pairs, AB and
 * BA, so a host that gets slower all the time favours neither side. Contaminated rounds are left out.
 */
export function judgeBlocks(blocks: readonly ComparedBlock[], seed: number): readonly ComparedRatio[] {
  const used = blocks.filter(({ contaminated }) => !contaminated)
  return (Object.keys(measures) as ComparedMeasure[]).flatMap((measure) => {
    const of = (side: 'a' | 'b') =>
      used.flatMap((block) => (block.side === side ? (block[measure] ?? []) : []))
    if (of('a').length === 0 || of('b').length === 0) return []
    const withinRun = pairedRatio(pairsOf(used, measure), { seed })
    return [
      {
        measure,
        better: measures[measure],
        a: median(of('a')),
        b: median(of('b')),
        withinRun,
        betweenRuns: null,
        verdict: verdictOf(withinRun, measures[measure]),
      },
    ]
  })
}

export function verdictOf(
  interval: RatioInterval | null,
  better: 'higher' | 'lower',
): ComparedRatio['verdict'] {
  if (interval === null) return 'unknown'
  if (interval.low <= 1 && interval.high >= 1) return 'no-difference'
  return interval.low > 1 === (better === 'higher') ? 'a-better' : 'b-better'
}

/** A block with a larger share of noisy seconds is noisy, and so is its round. */
const noisyShareMax = 0.34

/** Rates of one side that lie further apart than this, over the blocks, are those of a restless host. */
const restless = 0.15

/** The rule is the same for all comparisons, so nobody can choose the rounds that please. */
export function judgeNoise(blocks: readonly ComparedBlock[]): ComparisonNoise {
  const rounds = new Set(blocks.map(({ round }) => round)).size
  const noisy = noisyRounds(blocks).size
  const roundsLeftOut = new Set(blocks.flatMap(({ contaminated, round }) => (contaminated ? [round] : [])))
    .size
  const used = blocks.filter(({ contaminated }) => !contaminated)
  const spread = Math.max(deviationOf(used, 'a'), deviationOf(used, 'b'))
  const varies = `a side varies by ${(spread * 100).toFixed(1)} % between its blocks`
  const verdict = noisy > roundsLeftOut || spread > restless ? 'noisy' : 'quiet'
  const reason =
    noisy > roundsLeftOut
      ? `others used the host in ${noisy} of ${rounds} rounds, too many to leave them out; ${varies}`
      : `${roundsLeftOut === 0 ? 'no round' : `${roundsLeftOut} of ${rounds} rounds`} left out; ${varies}`
  return { verdict, reason, rounds, roundsLeftOut }
}

/**
 * Marks the rounds in which a block was noisy, each as a whole, to be left out. When more than half of them are noisy, none
 * is: what would remain is chance, and the comparison is called noisy.
 */
export function markContaminated(
  blocks: readonly Omit<ComparedBlock, 'contaminated'>[],
): readonly ComparedBlock[] {
  const noisy = noisyRounds(blocks)
  const rounds = new Set(blocks.map(({ round }) => round)).size
  const leaveOut = noisy.size <= rounds / 2
  return blocks.map((block) => ({ ...block, contaminated: leaveOut && noisy.has(block.round) }))
}

function noisyRounds(blocks: readonly Omit<ComparedBlock, 'contaminated'>[]): ReadonlySet<number> {
  return new Set(
    blocks.flatMap(({ noisyShare, round }) => ((noisyShare ?? 0) > noisyShareMax ? [round] : [])),
  )
}

function pairsOf(blocks: readonly ComparedBlock[], measure: ComparedMeasure) {
  const pairs: { a: number; b: number }[] = []
  for (let index = 0; index + 1 < blocks.length; index += 2) {
    const [first, second] = [blocks[index], blocks[index + 1]]
    if (!first || !second || first.side === second.side) continue
    const [a, b] = first.side === 'a' ? [first[measure], second[measure]] : [second[measure], first[measure]]
    if (a !== null && b !== null) pairs.push({ a, b })
  }
  return pairs
}

/** Relative standard deviation of a side's rates. */
function deviationOf(blocks: readonly ComparedBlock[], side: 'a' | 'b'): number {
  const rates = blocks.flatMap((block) => (block.side === side ? (block.perSecond ?? []) : []))
  return runSpread(rates)?.relativeDeviation ?? 0
}
