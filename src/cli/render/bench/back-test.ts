import { formatCount } from '../../../kit/units.js'
import type { BackTestRow } from '../../../load/projection/back-test.js'
import type { Screen } from '../../terminal.js'
import { tableLines } from '../table.js'

/** Published rows beside what the formula says of them without themselves. */
export function backTestLines(rows: readonly BackTestRow[], { paint, width, symbols }: Screen): string[] {
  const count = rows.filter(({ inside }) => inside).length
  return [
    ...tableLines<BackTestRow>(
      [
        { title: '', cell: ({ inside }) => (inside ? symbols.ok : symbols.failed) },
        { title: 'PUBLISHED', align: 'right', cell: ({ published, unit }) => quantity(published, unit) },
        {
          title: 'PREDICTED',
          align: 'right',
          cell: ({ predicted, unit }) => `~${quantity(predicted.median, unit)}`,
          style: paint.caution,
        },
        { title: 'ERROR', align: 'right', cell: ({ error }) => signedPercent(error) },
        { title: 'ROW', cell: ({ what }) => what },
      ],
      rows,
      { width, titleStyle: paint.faint },
    ),
    '',
    `${count} of ${rows.length} published rows are inside the 90 % interval that was predicted without them.`,
  ]
}

/** The same rows as the table of docs/projection.md. */
export function backTestMarkdown(rows: readonly BackTestRow[]): string {
  const cells = rows.map(({ what, from, unit, published, predicted, error, inside }) => {
    const interval = `~${quantity(predicted.low, unit)} to ~${quantity(predicted.high, unit)}`
    const predictions = `~${quantity(predicted.median, unit)} | ${interval} | ${signedPercent(error)}`
    return `| ${what} | ${from} | ${quantity(published, unit)} | ${predictions} | ${inside ? 'yes' : '**no**'} |`
  })
  return [
    '| row | predicted from | published | predicted | 90 % interval | error | inside |',
    '|---|---|---|---|---|---|---|',
    ...cells,
  ].join('\n')
}

function quantity(value: number, unit: BackTestRow['unit']): string {
  return unit === 'us' ? `${formatCount(value)} us` : formatCount(value)
}

function signedPercent(error: number): string {
  const percent = Math.round(error * 100)
  return `${percent > 0 ? '+' : ''}${percent} %`
}
