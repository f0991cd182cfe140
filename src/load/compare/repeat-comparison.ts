import type { Context } from '../../kit/context.js'
import type { BenchComparison } from '../../model/bench-comparison.js'

/**
 * Makes separate runs of one comparison, one after the other; each knows those before it, so that the last tells how far
 * they lie apart. `keep` saves each when it is over: Ctrl+C, or a run that throws, costs no run that is whole. After Ctrl+C
 * the first run is in the answer with whatever it has, a later one only with a whole round.
 */
export async function repeatComparison<Kept>(
  wishes: {
    readonly runs: number
    measure(earlier: readonly BenchComparison[]): Promise<BenchComparison>
    /** `run` counts from 1. */
    keep(comparison: BenchComparison, run: number): Promise<Kept>
  },
  { signal, emit }: Pick<Context, 'signal' | 'emit'>,
): Promise<readonly Kept[]> {
  const earlier: BenchComparison[] = []
  const kept: Kept[] = []
  for (let run = 1; run <= wishes.runs; run++) {
    if (wishes.runs > 1) emit({ kind: 'note', message: `Run ${run} of ${wishes.runs}` })
    const comparison = await wishes.measure(earlier).catch((error: unknown) => {
      if (signal.aborted && run > 1) return null
      throw error
    })
    if (comparison === null || (signal.aborted && run > 1 && comparison.blocks.length === 0)) break
    earlier.push(comparison)
    kept.push(await wishes.keep(comparison, run))
    if (signal.aborted) break
  }
  return kept
}
