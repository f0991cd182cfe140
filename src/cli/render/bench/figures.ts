import { relative } from 'node:path'
import { formatCount } from '../../../kit/units.js'
import type { BenchFigures, MeasuredFigure } from '../../../model/bench-figures.js'
import { formatRange, formatRate, formatRatio, formatShare } from '../../../report/bench/quantity.js'
import { asTyped } from '../../program-name.js'
import { shellQuoted } from '../../shell-quoted.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

/** Two tables: what was measured, and what is projected; no number stands in both colours or columns. */
export function figuresLines(
  figures: BenchFigures,
  place: { readonly dir: string; readonly cwd: string },
  screen: Screen,
): string[] {
  const { paint } = screen
  return [
    ...measuredLines(figures, screen),
    '',
    ...conditionLines(figures, screen),
    '',
    ...projectedLines(figures, screen),
    '',
    `  Report  ${shellQuoted(relative(place.cwd, place.dir) || '.')}/report.html`,
    `  Again   ${paint.action(asTyped(figures.command, screen))}`,
  ]
}

interface Row {
  readonly name: string
  readonly reference: number
  readonly here: number | null
  readonly interval: string
  readonly perCore: number | null
  readonly errors: number | null
}

function measuredLines(
  { measured, customers, host, profile, users }: BenchFigures,
  { paint, width }: Screen,
): string[] {
  const rows: readonly Row[] = [
    ...measured.map((each) => ({
      name: `${each.name} ${each.unit}`,
      reference: each.reference,
      here: each.perSecond,
      interval: each.perSecondInterval ? formatRange(each.perSecondInterval) : '',
      perCore: each.perCore,
      errors: each.errors,
    })),
    {
      ...{ name: 'customers', reference: customers.reference, here: customers.loaded },
      ...{ interval: '', perCore: null, errors: null },
    },
  ]
  const number = (title: string, cell: (row: Row) => string) => ({ title, align: 'right' as const, cell })
  const rate = (value: number | null) => (value === null ? '' : formatRate(value))
  return [
    ...wrapText(
      `MEASURED at ${formatCount(users)} clients, on ${host.cores} x ${host.cpuModel}, profile ${profile}; ratio = this host : reference`,
      width,
    ).map((line) => line.replace(/^MEASURED/, paint.strong)),
    ...tableLines<Row>(
      [
        { title: 'FIGURE', cell: ({ name }) => name },
        number('REFERENCE', ({ reference }) => formatCount(reference)),
        {
          ...number('THIS HOST', ({ here }) => (here === null ? 'no figure' : formatRate(here))),
          style: paint.strong,
        },
        number('95 %, THIS RUN', ({ interval }) => interval),
        number('RATIO', ({ here, reference }) => (here === null ? '' : formatRatio(here / reference))),
        number('PER CORE', ({ perCore }) => rate(perCore)),
        number('ERRORS', ({ errors }) => (errors === null ? '' : formatCount(errors))),
      ],
      rows,
      { width, titleStyle: paint.faint },
    ),
  ]
}

/** No figure stands without its durability and its data. */
function conditionLines({ measured }: BenchFigures, screen: Screen): string[] {
  return measured.flatMap((each) => {
    const text = each.notAFigure ?? wordsOf(each)
    const lines = wrapText(text, screen.width - 10)
    const colour = each.notAFigure === null ? screen.paint.faint : screen.paint.bad
    return lines.map((line, index) => `${(index === 0 ? each.name : '').padEnd(10)}${colour(line)}`)
  })
}

function wordsOf({ durability, data, noise }: MeasuredFigure): string {
  return [durability, data, ...(noise === 'noisy' ? ['others used the host: too low'] : [])].join('; ')
}

function projectedLines({ projected }: BenchFigures, { paint, width }: Screen): string[] {
  const { target, rows, reason } = projected
  if (target === null)
    return [
      `${paint.caution('PROJECTED')} nothing`,
      ...indented(wrapText(reason ?? 'no run carries it', width - 2), 2),
    ]
  const example = target.isExample ? ' (an example; name yours with --target)' : ''
  type Projected = (typeof rows)[number]
  const about = (value: number) => `~${formatRate(value)}`
  const number = (title: string, cell: (row: Projected) => string) => ({
    ...{ title, align: 'right' as const, cell, style: paint.caution },
  })
  return [
    ...wrapText(`PROJECTED, NOT MEASURED for ${target.name}${example}: ${target.words}`, width).map((line) =>
      line.replace(/^PROJECTED, NOT MEASURED/, paint.strong),
    ),
    ...tableLines<Projected>(
      [
        { title: 'FIGURE', cell: ({ name, unit }) => `${name} ${unit}` },
        { title: 'REFERENCE', align: 'right', cell: ({ reference }) => formatCount(reference) },
        number('MEDIAN', ({ median }) => about(median)),
        number('90 % INTERVAL', ({ low, high }) => `${about(low)} to ${about(high)}`),
        number('CHANCE', ({ chance }) => `~${formatShare(chance)}`),
      ],
      rows,
      { width, titleStyle: paint.faint },
    ),
    ...wrapText(rows.map(({ name, binding }) => `${name}: limited by ${binding}`).join('; '), width).map(
      paint.faint,
    ),
  ]
}
