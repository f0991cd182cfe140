import { relative } from 'node:path'
import type { BenchComparison, ComparedRatio, GateVerdict } from '../../../model/bench-comparison.js'
import { gateLimit, measureNames, measureValue, verdictWords } from '../../../report/bench/compare-words.js'
import { formatRatio } from '../../../report/bench/quantity.js'
import { asTyped } from '../../program-name.js'
import { shellQuoted } from '../../shell-quoted.js'
import type { Screen } from '../../terminal.js'
import { indented, wrapText } from '../layout.js'
import { tableLines } from '../table.js'

/** Ratios with their intervals, what they were measured under, and the gates. */
export function compareLines(
  comparison: BenchComparison,
  place: { readonly dir: string; readonly cwd: string },
  screen: Screen,
): string[] {
  const { paint, width } = screen
  const { notAComparison, noise, checks } = comparison
  const broken = checks.filter(({ valid }) => !valid)
  const noisy = noise.verdict === 'noisy' ? paint.caution('noisy') : paint.good('quiet')
  return [
    ...headLines(comparison, screen),
    ...(notAComparison === null
      ? []
      : wrapText(`No comparison: ${notAComparison}`, width - 2).map((line) => `  ${paint.bad(line)}`)),
    '',
    ...(comparison.ratios.length === 0 ? [] : [...ratioLines(comparison, screen), '']),
    ...betweenLines(comparison, screen),
    ...factLines([...comparison.conditions], screen),
    ...factLines([['Noise', `${noise.verdict}: ${noise.reason}`]], screen).map((line, index) =>
      index === 0 ? line.replace(noise.verdict, noisy) : line,
    ),
    ...factLines([['Host', `${comparison.host.cores} x ${comparison.host.cpuModel}`]], screen),
    ...(checks.length === 0
      ? []
      : broken.length === 0
        ? factLines([['Checks', `${checks.length} kinds of effects, right in every block`]], screen)
        : broken.flatMap((check) => factLines([['Violated', `${check.name}: ${check.summary}`]], screen))),
    ...(comparison.gates.length === 0 ? [] : ['', ...comparison.gates.map((gate) => gateLine(gate, screen))]),
    '',
    `  Report  ${shellQuoted(relative(place.cwd, place.dir) || '.')}/report.html`,
    `  Again   ${paint.action(asTyped(comparison.command, screen))}`,
  ]
}

/** Names that fit a column; else the letters, told in the first lines. */
function namesOf({ sides }: BenchComparison): { readonly a: string; readonly b: string } {
  const fits = (label: string) => label.length <= labelMax
  const { a, b } = sides
  return fits(a.label) && fits(b.label) ? { a: a.label, b: b.label } : { a: 'A', b: 'B' }
}

const labelMax = 12

function headLines(comparison: BenchComparison, { paint, width }: Screen): string[] {
  const { sides, how, noise, blocks } = comparison
  const scenario =
    sides.a.scenario === sides.b.scenario ? sides.a.scenario : `${sides.a.scenario} : ${sides.b.scenario}`
  const form =
    how === 'saved'
      ? 'saved runs, not measured in turns'
      : `${blocks.length} blocks in ${noise.rounds} ABBA ${noise.rounds === 1 ? 'round' : 'rounds'}`
  const names = namesOf(comparison)
  const head = `${paint.strong(`${names.a} : ${names.b}`)}   ${scenario}   ${paint.faint(`(${form})`)}`
  if (names.a === sides.a.label) return [head]
  return [head, ...wrapText(`A = ${sides.a.label}`, width), ...wrapText(`B = ${sides.b.label}`, width)]
}

function ratioLines(comparison: BenchComparison, { paint, width }: Screen): string[] {
  const { ratios, how } = comparison
  const names = namesOf(comparison)
  const right = (title: string, cell: (ratio: ComparedRatio) => string) => ({
    ...{ title, align: 'right' as const, cell },
  })
  return tableLines<ComparedRatio>(
    [
      { title: 'MEASURE', cell: ({ measure }) => measureNames[measure] },
      right(names.a.toUpperCase(), ({ measure, a }) => measureValue(measure, a)),
      right(names.b.toUpperCase(), ({ measure, b }) => measureValue(measure, b)),
      {
        ...right('RATIO', ({ withinRun }) => (withinRun ? formatRatio(withinRun.estimate) : '')),
        style: paint.strong,
      },
      right(how === 'saved' ? '95 %' : '95 %, THIS RUN', ({ withinRun }) =>
        withinRun ? `${formatRatio(withinRun.low)} to ${formatRatio(withinRun.high)}` : 'too few blocks',
      ),
      { title: '', cell: (ratio) => verdictWords(ratio, names) },
    ],
    ratios,
    { width, titleStyle: paint.faint },
  )
}

/** The interval of one run knows nothing of other runs, so their spread is told beside it, never instead. */
function betweenLines({ ratios, how }: BenchComparison, screen: Screen): string[] {
  const rate = ratios.find(({ measure }) => measure === 'perSecond')?.betweenRuns
  if (how === 'saved') return []
  const text = rate
    ? `the rate's ratio was ${formatRatio(rate.min)} to ${formatRatio(rate.max)} in ${rate.runs} separate runs (${(rate.relativeDeviation * 100).toFixed(1)} %)${rate.runs < 3 ? '; a claim needs three' : ''}`
    : 'not known after one run; a claim needs three, so run it again'
  return factLines([['Runs', text]], screen)
}

function factLines(facts: readonly (readonly [string, string])[], { paint, width }: Screen): string[] {
  const column = 13
  return facts.flatMap(([label, text]) => {
    const [first = '', ...rest] = wrapText(text, width - column)
    return [`${paint.faint(label.padEnd(column))}${first}`, ...indented(rest, column)]
  })
}

function gateLine({ gate, ratio, verdict }: GateVerdict, { paint }: Screen): string {
  const words = {
    met: paint.good('MET    '),
    missed: paint.bad('MISSED '),
    open: paint.caution('OPEN   '),
  }
  const seen = ratio
    ? `${formatRatio(ratio.estimate)} (${formatRatio(ratio.low)} to ${formatRatio(ratio.high)})`
    : 'not measured'
  return `${words[verdict]} ${measureNames[gate.measure]} ${gateLimit(gate)}: ${seen}   ${paint.faint(gate.name)}`
}
