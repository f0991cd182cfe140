import { formatCount } from '../../../kit/units.js'
import {
  isOnTarget,
  type PopulationPortrait,
  type PortraitMeasure,
  type PortraitSection,
} from '../../../model/population-portrait.js'
import { formatMeasure } from '../../../report/population/quantity.js'
import type { Answer } from '../../answer.js'
import type { Screen } from '../../terminal.js'
import { wrapText } from '../layout.js'
import { type Column, tableLines } from '../table.js'

/** `file` is null when no report was written. */
export function portraitAnswer(portrait: PopulationPortrait, file: string | null): Answer {
  return {
    data: { ...portrait, file },
    lines: (screen) => portraitLines(portrait, file, screen),
  }
}

function portraitLines(portrait: PopulationPortrait, file: string | null, screen: Screen): string[] {
  const { population, customers, sampled, sections } = portrait
  const judged = sections.flatMap(({ measures }) => measures).filter((each) => isOnTarget(each) !== null)
  const off = judged.filter((each) => isOnTarget(each) === false).length
  const part = sampled === customers ? 'all of them read' : `${formatCount(sampled)} of them read`
  return [
    ...wrapText(`${population}; ${part}.`, screen.width),
    ...sections.flatMap((section) => sectionLines(section, screen)),
    '',
    off === 0
      ? screen.paint.good(`All ${judged.length} figures with a target are on it.`)
      : screen.paint.caution(`${off} of ${judged.length} figures with a target are off it.`),
    file === null
      ? 'With plots and sources of the targets: --html FILE'
      : `Plots and sources are in ${file}.`,
  ]
}

function sectionLines({ title, measures }: PortraitSection, { paint, width }: Screen): string[] {
  return ['', paint.strong(title), ...tableLines(columns, measures, { width, titleStyle: paint.faint })]
}

/** As wide as the longest name of all, so that the columns of all sections are under each other. */
const nameWidth = 44

const columns: readonly Column<PortraitMeasure>[] = [
  { title: 'FIGURE', cell: ({ name }) => name.padEnd(nameWidth) },
  {
    title: 'REALISED',
    align: 'right',
    cell: ({ realised, unit }) => formatMeasure(realised, unit).padStart(11),
  },
  {
    title: 'TARGET',
    align: 'right',
    cell: ({ target, unit }) => (target === null ? '-' : formatMeasure(target, unit)).padStart(11),
  },
  { title: '', cell: markOf },
]

function markOf(measure: PortraitMeasure): string {
  const onTarget = isOnTarget(measure)
  if (onTarget === null) return ''
  return onTarget ? 'ok' : 'off'
}
