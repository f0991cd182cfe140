import { estimateOf } from '../../../load/compare/compare.js'
import type { BenchComparison } from '../../../model/bench-comparison.js'
import { formatRatio } from '../../../report/bench/quantity.js'
import type { Screen } from '../../terminal.js'
import { tableLines } from '../table.js'

/** The rate's ratio in each of several runs, which lie apart by more than the interval of one of them can know. */
export function compareRunsLines(
  runs: readonly { readonly comparison: BenchComparison }[],
  wanted: number,
  { paint, width }: Screen,
): string[] {
  const rows = runs.map(({ comparison }, index) => ({ ...comparison, number: index + 1 }))
  type Row = (typeof rows)[number]
  const interval = ({ ratios }: Row) => ratios.find(({ measure }) => measure === 'perSecond')?.withinRun
  const table = tableLines<Row>(
    [
      { title: 'RUN', align: 'right', cell: ({ number }) => String(number) },
      { title: 'STARTED', cell: ({ startedAt }) => startedAt.replace(/\.\d+Z$/, 'Z') },
      {
        title: 'RATE',
        align: 'right',
        cell: rateText,
        style: paint.strong,
      },
      { title: '95 %, WITHIN IT', align: 'right', cell: (row) => rangeText(interval(row)) },
      {
        title: 'NOISE',
        cell: ({ noise, notAComparison }) => (notAComparison === null ? noise.verdict : 'no comparison'),
      },
    ],
    rows,
    { width, titleStyle: paint.faint },
  )
  const short = runs.length < wanted ? [paint.caution(`${runs.length} of ${wanted} runs were made.`)] : []
  return [...short, ...table, '', paint.faint(`The last of them, and how far they lie apart (Runs):`)]
}

function rateText({ ratios }: BenchComparison): string {
  const rate = ratios.find(({ measure }) => measure === 'perSecond')
  const estimate = rate ? estimateOf(rate) : null
  return estimate === null ? '-' : formatRatio(estimate)
}

function rangeText(interval: { readonly low: number; readonly high: number } | null | undefined): string {
  return interval ? `${formatRatio(interval.low)} to ${formatRatio(interval.high)}` : 'too few blocks'
}
