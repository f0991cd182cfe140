import type { DoctorReport, Finding } from '../doctor/finding.js'
import { asTyped } from '../program-name.js'
import type { Screen } from '../terminal.js'
import { indented, wrapText } from './layout.js'

/** One line per check; below what is not well, its cause and its fix. */
export function doctorLines(report: DoctorReport, screen: Screen): string[] {
  const widest = Math.max(...report.findings.map(({ title }) => title.length))
  return [
    ...report.findings.flatMap((finding) => findingLines(finding, widest, screen)),
    '',
    verdict(report, screen),
  ]
}

function findingLines(finding: Finding, titleColumns: number, screen: Screen): string[] {
  const { paint, width } = screen
  const indent = titleColumns + 5
  const [first = '', ...rest] = wrapText(finding.cause, width - indent)
  const head = ` ${mark(finding, screen)} ${finding.title.padEnd(titleColumns)}  `
  if (finding.status === 'pass')
    return [head + paint.faint(first), ...indented(rest, indent).map(paint.faint)]
  return [
    head + first,
    ...indented(rest, indent),
    ...finding.fix.map((fix) => `${' '.repeat(indent)}Try: ${paint.action(asTyped(fix, screen))}`),
    ...(finding.code === null ? [] : [`${' '.repeat(indent)}${paint.faint(`Code: ${finding.code}`)}`]),
  ]
}

function mark({ status }: Finding, { paint, symbols }: Screen): string {
  switch (status) {
    case 'pass':
      return paint.good(symbols.ok)
    case 'warn':
      return paint.caution(symbols.warning)
    case 'fail':
      return paint.bad(symbols.failed)
  }
}

function verdict({ findings, profile }: DoctorReport, { paint }: Screen): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length
  const failed = count('fail')
  const warned = count('warn')
  const rest = warned === 0 ? '' : `, ${warned} to know about`
  return failed === 0
    ? `${paint.good('Ready')} for profile ${profile}${rest}.`
    : `${paint.bad('Not ready')} for profile ${profile}: ${failed} to mend${rest}.`
}
