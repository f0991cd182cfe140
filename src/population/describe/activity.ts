import type { PortraitSection } from '../../model/population-portrait.js'
import { share, value } from './measures.js'

/** How much the accounts of a sample are used. */
export class Activity {
  readonly #entries: number[] = []

  /** Entries of one account in 30 days. */
  add(entries: number): void {
    this.#entries.push(entries)
  }

  section(): PortraitSection {
    const sorted = this.#entries.toSorted((left, right) => right - left)
    const total = sorted.reduce((sum, entries) => sum + entries, 0)
    const accounts = Math.max(1, sorted.length)
    const percentOf = (part: number) =>
      (100 *
        sorted
          .slice(0, Math.max(1, Math.round(accounts * part)))
          .reduce((sum, entries) => sum + entries, 0)) /
      Math.max(1, total)
    const ranks = ranksUpTo(accounts)
    return {
      id: 'activity',
      title: 'Activity',
      source:
        'Zipf’s law with the exponent 0.8, as sysbench draws by default: of a continuous law the first 1 % have 39.8 % of the entries. How hot the very hottest are is chance.',
      measures: [
        value('entries on the busiest 1 % of the accounts', 'percent', percentOf(0.01), {
          target: 39.8,
          tolerance: 5 + 3 * Math.sqrt(100_000 / accounts),
        }),
        value('on the busiest 0.01 %', 'percent', percentOf(0.0001)),
        value('exponent between the ranks of 0.1 % and 10 %', 'ratio', exponentOf(sorted), {
          target: 0.8,
          tolerance: 0.04 + 0.06 * Math.sqrt(100_000 / accounts),
        }),
        value('entries per account in 30 days', 'ratio', total / accounts),
        value('of the busiest account', 'count', sorted[0] ?? 0),
        share(
          'accounts without an entry',
          { part: sorted.filter((entries) => entries === 0).length, of: accounts },
          null,
        ),
      ],
      plots: [
        {
          id: 'plot-activity',
          title: 'Entries in 30 days by rank of the account',
          caption: 'Both axes are logarithmic, where Zipf’s law is a straight line; steps are whole numbers.',
          xLabel: 'rank in the sample, logarithm to base 10',
          yLabel: 'entries in 30 days',
          unit: '',
          xUnit: '',
          scale: 'log',
          xs: ranks.map(Math.log10),
          realised: ranks.map((rank) => sorted[rank - 1] || null),
          target: ranks.map((rank) => medianEntries * ((rank - 0.5) / accounts / 0.5) ** -0.8),
        },
      ],
    }
  }
}

/** The slope between two ranks on double logarithmic paper. */
function exponentOf(sorted: readonly number[]): number {
  const low = Math.max(1, Math.round(sorted.length * 0.001))
  const high = Math.max(2, Math.round(sorted.length * 0.1))
  const ratio = (sorted[low - 1] ?? 1) / Math.max(1, sorted[high - 1] ?? 1)
  return Math.log(ratio) / Math.log(high / low)
}

/** Of the account in the middle. */
const medianEntries = 3

/** Eight for each power of ten. */
function ranksUpTo(accounts: number): number[] {
  const ranks = Array.from({ length: 8 * 7 }, (_, index) => Math.round(10 ** (index / 8)))
  return [...new Set(ranks)].filter((rank) => rank <= accounts)
}
