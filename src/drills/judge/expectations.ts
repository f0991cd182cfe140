import { formatCount, formatDuration } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { DrillExpectations } from '../../model/drill.js'
import type { FaultWindow, MasterChange } from '../../model/drill-result.js'

/** What is known of a run beside what the nodes hold. */
export interface ExpectationFacts {
  readonly expects: DrillExpectations
  /** Times that the schedule's repeated part was carried out; 1 without one. */
  readonly rounds: number
  readonly faults: readonly FaultWindow[]
  readonly changes: readonly MasterChange[]
  /** The longest time without an OK after the first fault; null when there was no OK on one side. */
  readonly longestGapMs: number | null
  readonly calls: { readonly ok: number; readonly failed: number; readonly unknown: number }
  /** Writes that were without an answer at least once. */
  readonly unknownMet: number
  /** Whether all nodes served again in time; null when that was not looked for. */
  readonly whole: { readonly serving: boolean; readonly text: string } | null
}

/** What a drill claims beside its ledger, as verdicts. Pure. */
export function checkExpectations(facts: ExpectationFacts): readonly CheckVerdict[] {
  const { expects } = facts
  return [
    faultsTookEffect(facts),
    changesOfMaster(facts),
    ...(expects.writeGap ? [timeWithoutOk(facts, expects.writeGap)] : []),
    ...(expects.noErrors ? [noErrors(facts)] : []),
    ...(expects.unknownOutcomes ? [unknownOutcomes(facts)] : []),
    ...(facts.whole ? [everybodyServes(facts.whole)] : []),
  ]
}

/** A fault that hit nobody makes the whole run worthless, however good it looks. */
function faultsTookEffect({ faults }: ExpectationFacts): CheckVerdict {
  const idle = faults.filter(({ bit }) => bit === false)
  const open = faults.filter(({ bit }) => bit === null)
  const summary =
    idle.length + open.length > 0
      ? [...idle, ...open].map(({ title, evidence }) => `${title}: ${evidence}`).join('; ')
      : faults.length === 0
        ? 'no fault belongs to this drill'
        : `${formatCount(faults.length)} of ${formatCount(faults.length)}: ${faults[0]?.evidence ?? ''}`
  return {
    name: 'the faults took effect',
    valid: idle.length + open.length > 0 ? 'unknown' : true,
    summary: idle.length + open.length > 0 ? `no effect is known of ${summary}` : summary,
    details: { faults: faults.length, withEffect: faults.filter(({ bit }) => bit === true).length },
  }
}

function changesOfMaster({ expects, changes, rounds }: ExpectationFacts): CheckVerdict {
  const [min, max] = [expects.epochChanges[0] * rounds, expects.epochChanges[1] * rounds]
  const chain = [changes[0]?.oldMaster, ...changes.map(({ newMaster }) => newMaster)].filter(Boolean)
  const seen =
    changes.length === 0
      ? 'the master stayed'
      : `${formatCount(changes.length)}: ${chain.slice(0, 12).join(' -> ')}${chain.length > 12 ? ' ...' : ''}`
  const wanted = min === max ? formatCount(min) : `${formatCount(min)} to ${formatCount(max)}`
  const fits = changes.length >= min && changes.length <= max
  return {
    name: 'changes of the master',
    valid: fits,
    summary: fits ? seen : `${seen}; expected: ${wanted}`,
    details: { changes: changes.length, min, max },
  }
}

function timeWithoutOk(
  { longestGapMs, changes }: ExpectationFacts,
  limits: { readonly aimMs: number; readonly limitMs: number },
): CheckVerdict {
  const details = { longestGapMs, aimMs: limits.aimMs, limitMs: limits.limitMs, changes: changes.length }
  const name = 'time without an OK'
  if (longestGapMs === null)
    return { name, valid: 'unknown', summary: 'no pause between two OKs was seen after the fault', details }
  const took = `${formatDuration(longestGapMs)} at most`
  const aim = `the aim of ${formatDuration(limits.aimMs)} was ${longestGapMs <= limits.aimMs ? 'met' : 'missed'}`
  return longestGapMs <= limits.limitMs
    ? { name, valid: true, summary: `${took}; ${aim}`, details }
    : { name, valid: false, summary: `${took}, more than ${formatDuration(limits.limitMs)}`, details }
}

function noErrors({ calls }: ExpectationFacts): CheckVerdict {
  const bad = calls.failed + calls.unknown
  return {
    name: 'no client met an error',
    valid: bad > 0 ? false : calls.ok > 0 ? true : 'unknown',
    summary: `of ${formatCount(calls.ok + bad)} calls ${formatCount(calls.failed)} failed and ${formatCount(calls.unknown)} had an unknown outcome`,
    details: { ...calls },
  }
}

function unknownOutcomes({ unknownMet }: ExpectationFacts): CheckVerdict {
  return {
    name: 'clients met unknown outcomes',
    valid: unknownMet > 0 ? true : 'unknown',
    summary: `${formatCount(unknownMet)} writes were without an answer for a while`,
    details: { unknownMet },
  }
}

function everybodyServes({ serving, text }: NonNullable<ExpectationFacts['whole']>): CheckVerdict {
  return { name: 'all nodes serve again', valid: serving, summary: text, details: { serving } }
}
