import type { CheckVerdict } from '../../model/demo-result.js'
import type { DrillResult } from '../../model/drill-result.js'
import { escapeHtml } from '../html.js'

/**
 * Drills as JUnit XML, for the test view of a build server: a suite per drill, a case per check, and one case for the
 * verdict itself. What could not be decided is an error there, because it is not a pass. Pure.
 */
export function renderJunit(results: readonly DrillResult[]): string {
  const suites = results.map(suiteOf)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="corelab drills">\n${suites.join('\n')}\n</testsuites>\n`
}

function suiteOf(result: DrillResult): string {
  const name = `${result.id} ${result.name}`
  const control = result.kind === 'negative-control'
  // The checks of a control must find something, so they are no failures of the build.
  const checks = control ? [] : result.checks.map((check) => checkCase(name, check))
  const verdict = verdictCase(name, result)
  const failures = [
    result.verdict === 'fail',
    ...(control ? [] : result.checks.map(({ valid }) => valid === false)),
  ]
  const errors = [
    result.verdict === 'unknown',
    ...(control ? [] : result.checks.map(({ valid }) => valid === 'unknown')),
  ]
  const attributes = [
    `name="${text(name)}"`,
    `timestamp="${text(result.startedAt)}"`,
    `time="${seconds(result.durationMs)}"`,
    `tests="${checks.length + 1}"`,
    `failures="${failures.filter(Boolean).length}"`,
    `errors="${errors.filter(Boolean).length}"`,
  ]
  const properties = [
    ['seed', String(result.seed)],
    ['command', result.command],
    ['corelab', result.corelab],
    ['engine', `${result.engine} ${result.host.mariadb}`],
  ].map(([key = '', value = '']) => `<property name="${text(key)}" value="${text(value)}"/>`)
  return [
    `<testsuite ${attributes.join(' ')}>`,
    `<properties>${properties.join('')}</properties>`,
    verdict,
    ...checks,
    '</testsuite>',
  ].join('\n')
}

function verdictCase(suite: string, result: DrillResult): string {
  const head = `<testcase classname="${text(suite)}" name="verdict" time="${seconds(result.durationMs)}">`
  return `${head}${outcome(result.verdict === 'pass' ? true : result.verdict === 'fail' ? false : 'unknown', result.verdictReason)}</testcase>`
}

function checkCase(suite: string, check: CheckVerdict): string {
  return `<testcase classname="${text(suite)}" name="${text(check.name)}">${outcome(check.valid, check.summary)}</testcase>`
}

function outcome(valid: CheckVerdict['valid'], sentence: string): string {
  if (valid === true) return `<system-out>${text(sentence)}</system-out>`
  const kind = valid === false ? 'failure' : 'error'
  return `<${kind} message="${text(sentence)}"/>`
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3)
}

/** XML 1.0 knows no control characters but these three. */
const notInXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

function text(value: string): string {
  return escapeHtml(value.replace(notInXml, ' '))
}
