import { formatCount } from '../../kit/units.js'
import type { CheckVerdict, DemoResult, FailoverFacts, TourStep } from '../../model/demo-result.js'
import { formatGap } from '../../report/demo/quantity.js'

/** What a verdict rests on. */
export interface VerdictFacts {
  readonly steps: readonly TourStep[]
  readonly checks: readonly CheckVerdict[]
  readonly failover: FailoverFacts | null
  readonly cancelled: boolean
}

/**
 * `pass` only when every step was done and every check holds. `fail` when a check is violated, or the core did
 * not come back after the kill. Everything else proves nothing: `unknown`.
 */
export function tourVerdict(facts: VerdictFacts): Pick<DemoResult, 'verdict' | 'verdictReason'> {
  const violated = facts.checks.filter((check) => check.valid === false)
  const failedStep = facts.steps.find((step) => step.state === 'failed')
  const open = facts.checks.filter((check) => check.valid === 'unknown')
  if (violated.length > 0)
    return fail(`Violated: ${listOf(violated)}.${failedStep ? ` ${stepText(failedStep)}` : ''}`)
  if (failedStep?.id === 'failover' && facts.failover)
    return fail(`${stepText(failedStep)} ${checksText(facts.checks)}`)
  if (failedStep) return unknown(`${stepText(failedStep)} ${checksText(facts.checks)}`)
  if (facts.cancelled) return unknown(`Stopped by you. ${checksText(facts.checks)}`)
  if (open.length > 0) return unknown(`Not decided: ${listOf(open)}.`)
  if (facts.checks.length === 0 || facts.failover === null) return unknown('Nothing was checked.')
  return { verdict: 'pass', verdictReason: passText(facts.failover, facts.checks) }
}

function passText(failover: FailoverFacts, checks: readonly CheckVerdict[]): string {
  const gap = failover.writeGapMs === null ? '' : ` after ${formatGap(failover.writeGapMs)} without writes`
  const takeover = `${failover.killedNode} was killed under load and ${failover.newMaster ?? 'no node'} took over${gap}.`
  return [takeover, missingText(checks), `All ${checks.length} checks hold.`].filter(Boolean).join(' ')
}

/** What was found, and no more: a run proves nothing about the next one. */
function missingText(checks: readonly CheckVerdict[]): string {
  const details = checks.find((check) => check.name === 'acknowledged writes')?.details
  if (typeof details?.acknowledged !== 'number') return ''
  return `0 of ${formatCount(details.acknowledged)} acknowledged writes are missing.`
}

function checksText(checks: readonly CheckVerdict[]): string {
  if (checks.length === 0) return 'Nothing was checked.'
  const valid = checks.filter((check) => check.valid === true).length
  return `${valid} of ${checks.length} checks hold.`
}

function stepText(step: TourStep): string {
  return `The step "${step.title}" failed: ${step.error?.message ?? 'without a reason'}.`
}

function listOf(checks: readonly CheckVerdict[]): string {
  return checks.map((check) => `${check.name}: ${check.summary}`).join('; ')
}

function fail(verdictReason: string) {
  return { verdict: 'fail', verdictReason } as const
}

function unknown(verdictReason: string) {
  return { verdict: 'unknown', verdictReason } as const
}
