import { pairedRatio } from '../../kit/statistics/paired-ratio.js'
import { median } from '../../kit/statistics/percentile-interval.js'
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

/** A block is contaminated when more than this share of its seconds was noisy; its whole round goes with it. */
export const noisyShareMax = 0.34

/** Rates of one side that lie further apart than this, over the blocks, are those of a restless host. */
const restless = 0.15

/** The rule is the same for all comparisons, so nobody can choose the rounds that please. */
export function judgeNoise(blocks: readonly ComparedBlock[]): ComparisonNoise {
  const rounds = new Set(blocks.map(({ round }) => round))
  const left = new Set(blocks.flatMap(({ contaminated, round }) => (contaminated ? [round] : [])))
  const used = blocks.filter(({ contaminated }) => !contaminated)
  const spread = Math.max(deviationOf(used, 'a'), deviationOf(used, 'b'))
  const facts = { rounds: rounds.size, roundsLeftOut: left.size }
  const percent = `${(spread * 100).toFixed(1)} %`
  if (left.size > rounds.size / 4)
    return {
      ...facts,
      verdict: 'noisy',
      reason: `${left.size} of ${rounds.size} rounds were left out: others used the host meanwhile`,
    }
  if (spread > restless)
    return {
      ...facts,
      verdict: 'noisy',
      reason: `one side's rate varies by ${percent} between its own blocks`,
    }
  const out = left.size === 0 ? 'no round was left out' : `${left.size} of ${rounds.size} rounds left out`
  return { ...facts, verdict: 'quiet', reason: `${out}; a side varies by ${percent} between its blocks` }
}

/** Rounds in which a block was contaminated, marked as a whole. */
export function markContaminated(
  blocks: readonly (Omit<ComparedBlock, 'contaminated'> & { readonly noisyShare: number | null })[],
): readonly ComparedBlock[] {
  const bad = new Set(
    blocks.flatMap(({ noisyShare, round }) => ((noisyShare ?? 0) > noisyShareMax ? [round] : [])),
  )
  return blocks.map(({ noisyShare: _, ...block }) => ({ ...block, contaminated: bad.has(block.round) }))
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
  if (rates.length < 2) return 0
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (rates.length - 1)
  return mean === 0 ? 0 : Math.sqrt(variance) / mean
}
