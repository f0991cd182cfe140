import type { ErrorShape } from '../../kit/errors.js'
import { asTyped } from '../program-name.js'
import type { Screen } from '../terminal.js'
import { indented, wrapText } from './layout.js'

/** What, why, fix: the fix last, because that is where the eyes are. Ends with an empty line's worth of nothing. */
export function errorLines(error: ErrorShape, screen: Screen): string[] {
  const { paint, symbols } = screen
  if (error.code === 'CANCELLED') return [` ${paint.caution(symbols.note)} ${error.message}`]
  const [first = '', ...rest] = wrapText(error.message, screen.width - 4)
  return [
    '',
    ` ${paint.bad(symbols.failed)} ${paint.strong(first)}`,
    ...indented(rest, 3),
    ...detailLines(error.detail, screen),
    ...fixLines(error.fix, screen),
    ...codeLines(error.code, screen),
  ]
}

/** Log lines in a detail keep their own line ends; only sentences are wrapped. */
function detailLines(detail: string | null, screen: Screen): string[] {
  if (detail === null || detail === '') return ['']
  const lines = detail
    .split('\n')
    .flatMap((line) => (isLogLine(line) ? [line] : wrapText(line, screen.width - 4)))
  return ['', ...indented(lines, 3), '']
}

function isLogLine(line: string): boolean {
  return /^\s/.test(line) || /^\d{2,4}[-:]/.test(line)
}

function codeLines(code: string, { paint, program, width }: Screen): string[] {
  const line = `   Code: ${code}`
  const hint = `   (${program} explain ${code})`
  return [line.length + hint.length <= width ? line + paint.faint(hint) : line]
}

function fixLines(fixes: readonly string[], screen: Screen): string[] {
  return fixes.map(
    (fix, index) => `   ${index === 0 ? 'Try:  ' : '      '}${screen.paint.action(asTyped(fix, screen))}`,
  )
}
