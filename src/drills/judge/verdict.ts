import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { Drill } from '../../model/drill.js'
import type { DrillResult, DrillStepResult, MasterChange, WriteLedger } from '../../model/drill-result.js'
import { formatGap } from '../../report/demo/quantity.js'

/** What a verdict rests on. */
export interface VerdictFacts {
  readonly drill: Pick<Drill, 'kind' | 'expects'>
  readonly steps: readonly DrillStepResult[]
  readonly checks: readonly CheckVerdict[]
  readonly changes: readonly MasterChange[]
  readonly ledger: WriteLedger | null
  readonly longestGapMs: number | null
  readonly cancelled: boolean
}

type Verdict = Pick<DrillResult, 'verdict' | 'verdictReason'>

/**
 * `pass` only when every step was done, every check holds and every fault took effect. `fail` when a check is violated,
 * or what the schedule waited for did not come. Everything else proves nothing: `unknown`.
 */
export function drillVerdict(facts: VerdictFacts): Verdict {
  return facts.drill.kind === 'negative-control' ? controlVerdict(facts) : promiseVerdict(facts)
}

function promiseVerdict(facts: VerdictFacts): Verdict {
  const violated = facts.checks.filter(({ valid }) => valid === false)
  const open = facts.checks.filter(({ valid }) => valid === 'unknown')
  const failed = failedStepOf(facts.steps)
  if (violated.length > 0)
    return fail(`Violated: ${listOf(violated)}.${failed ? ` ${stepText(failed)}` : ''}`)
  if (failed && isBroken(failed)) return fail(stepText(failed))
  if (failed) return unknown(stepText(failed))
  if (facts.cancelled) return unknown(stoppedText(facts))
  if (open.length > 0) return unknown(`Not decided: ${listOf(open)}.`)
  if (facts.ledger === null || facts.checks.length === 0) return unknown('Nothing was checked.')
  return { verdict: 'pass', verdictReason: passText(facts, facts.ledger) }
}

/** A negative control passes when the loss is found that it was built to show: the checkers can see it. */
function controlVerdict(facts: VerdictFacts): Verdict {
  const shown = lossFound(facts)
  const failed = failedStepOf(facts.steps)
  const idle = facts.checks.find(({ name, valid }) => name === 'the faults took effect' && valid !== true)
  if (failed) return unknown(stepText(failed))
  if (facts.cancelled) return unknown(stoppedText(facts))
  if (idle) return unknown(`Not decided: ${listOf([idle])}.`)
  if (shown !== null) return { verdict: 'pass', verdictReason: `The loss was shown and found: ${shown}.` }
  return fail('The loss that this control is built to show was not found.')
}

function lossFound({ checks, drill, ledger }: VerdictFacts): string | null {
  const violated = (name: string) => checks.find((check) => check.name === name && check.valid === false)
  switch (drill.expects.loss) {
    case 'acknowledged-writes':
      return ledger && ledger.lost > 0
        ? `${formatCount(ledger.lost)} of ${formatCount(ledger.acknowledged)} acknowledged writes are gone`
        : null
    case 'seen-row': {
      const claims = checks.filter(
        ({ name }) => name === 'a client saw the row' || name === 'the row is gone',
      )
      return claims.length >= 2 && claims.every(({ valid }) => valid === true)
        ? claims.map(({ summary }) => summary).join('; ')
        : null
    }
    case 'two-writers':
      return violated('epochs never go back')?.summary ?? null
    default:
      return null
  }
}

/** Codes that say that the core did not do what it must; the others say that the drill could not be carried out. */
function isBroken({ error }: DrillStepResult): boolean {
  return error?.code === 'DRILL_AWAITED_IN_VAIN' || error?.code === 'VERIFY_FAILED'
}

function failedStepOf(steps: readonly DrillStepResult[]): DrillStepResult | undefined {
  return steps.find(({ state }) => state === 'failed')
}

function passText(facts: VerdictFacts, ledger: WriteLedger): string {
  const { changes, longestGapMs } = facts
  const gap = longestGapMs === null ? '' : ` after at most ${formatGap(longestGapMs)} without an OK`
  const last = changes.at(-1)
  const took =
    changes.length === 0
      ? 'The master stayed.'
      : changes.length === 1
        ? `${last?.newMaster ?? 'No node'} took over from ${last?.oldMaster ?? 'nobody'}${gap}.`
        : `The master changed ${formatCount(changes.length)} times${gap ? `,${gap}` : ''}.`
  const { unknown } = ledger
  const resolved = unknown.foundApplied + unknown.appliedThen + unknown.appliedAtEnd + unknown.absentAtEnd
  const unknownText = resolved === 0 ? '' : ` ${formatCount(resolved)} unknown outcomes were resolved.`
  return `${took} 0 of ${formatCount(ledger.acknowledged)} acknowledged writes are missing, 0 were applied twice.${unknownText}`
}

function stoppedText({ ledger }: VerdictFacts): string {
  const seen = ledger
    ? ` Until then ${formatCount(ledger.lost)} of ${formatCount(ledger.acknowledged)} acknowledged writes were missing.`
    : ''
  return `Stopped by you before the end.${seen}`
}

function stepText(step: DrillStepResult): string {
  return `The step "${step.title}" failed: ${step.error?.message ?? 'without a reason'}.`
}

function listOf(checks: readonly CheckVerdict[]): string {
  return checks.map((check) => `${check.name}: ${check.summary}`).join('; ')
}

function fail(verdictReason: string): Verdict {
  return { verdict: 'fail', verdictReason }
}

function unknown(verdictReason: string): Verdict {
  return { verdict: 'unknown', verdictReason }
}
