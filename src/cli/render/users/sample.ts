import { formatCount } from '../../../kit/units.js'
import type { DescribedRow, RowText } from '../../../population/describe-row.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { sentenceOf, type WantedPopulation } from '../../users/population-flags.js'
import { indented, labelled, wrapText } from '../layout.js'

/** Customers with everything that they have, table by table. */
export function sampleAnswer(customers: readonly DescribedRow[], wanted: WantedPopulation): Answer {
  return {
    data: {
      population: { ...wanted.spec, customers: undefined, seedText: wanted.seedText },
      customers: customers.map(({ row, tables }) => ({ row, tables: Object.fromEntries(tables) })),
    },
    lines: (screen) => [
      ...customers.flatMap((customer) => [...customerLines(customer, screen), '']),
      ...wrapText(populationSentence(wanted), screen.width),
    ],
  }
}

function customerLines({ row, tables }: DescribedRow, { paint }: Screen): string[] {
  const blocks = [...tables].filter(([, rows]) => rows.length > 0)
  return [
    paint.strong(`Row ${formatCount(row)}`),
    ...blocks.flatMap(([name, rows]) =>
      rows.flatMap((each, index) => [
        `  ${name}${rows.length > 1 ? ` (${index + 1} of ${rows.length})` : ''}`,
        ...indented(labelled(fieldsOf(each)), 4),
      ]),
    ),
    paint.faint(`  in every population of more than ${formatCount(row)} customers`),
  ]
}

const fieldsOf = (row: RowText) =>
  Object.entries(row).map(([name, value]) => [name, value === '\\N' ? '-' : value] as const)

/** Rows do not depend on the size of the population, so it is not named. */
function populationSentence(wanted: WantedPopulation): string {
  return sentenceOf(wanted).replace(/^[\d,]+ customers of/, 'Population of')
}
