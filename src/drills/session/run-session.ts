import { join } from 'node:path'
import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import type { Drill } from '../../model/drill.js'
import type { DrillVerdict } from '../../model/drill-result.js'
import { renderJunit } from '../../report/drill/junit.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'
import type { DrillOptions, DrillOutcome } from '../run/drill-options.js'
import { runDrill } from '../run/run-drill.js'
import { nestedIn } from '../stage/nested-events.js'

export interface SessionOptions extends Omit<DrillOptions, 'drill' | 'command'> {
  readonly drills: readonly Drill[]
  /** What runs one of them again. */
  readonly commandOf: (drill: Drill) => string
}

export interface SessionOutcome {
  readonly verdict: DrillVerdict
  readonly drills: readonly DrillOutcome[]
  readonly reportDir: string
}

/**
 * Drills one after the other, each in a fresh environment. One drill reports into the folder itself, several into a
 * folder each, with one `junit.xml` over all of them. After a cancellation no further one is begun.
 */
export async function runSession(options: SessionOptions, context: Context): Promise<SessionOutcome> {
  const { drills, reportDir, commandOf, ...shared } = options
  const outcomes: DrillOutcome[] = []
  const several = drills.length > 1
  await ensureDir(reportDir)
  for (const drill of drills) {
    if (context.signal.aborted) break
    const own = { ...shared, drill, command: commandOf(drill) }
    const dir = several ? join(reportDir, drill.name) : reportDir
    outcomes.push(
      await shown(several, drill, context, (inner) => runDrill({ ...own, reportDir: dir }, inner)),
    )
  }
  if (several)
    await writeFileAtomic(join(reportDir, 'junit.xml'), renderJunit(outcomes.map(({ result }) => result)))
  return { verdict: worstOf(outcomes, drills.length), drills: outcomes, reportDir }
}

/** Of several drills each is one line, with its steps below it. */
function shown(
  several: boolean,
  drill: Drill,
  context: Context,
  work: (context: Context) => Promise<DrillOutcome>,
): Promise<DrillOutcome> {
  if (!several) return work(context)
  const step = { step: drill.name, title: `${drill.id} ${drill.name}` }
  return asStep(
    context.emit,
    step,
    context.clock,
    () => work(nestedIn(drill.name, context)),
    ({ result }) => `${result.verdict}: ${result.verdictReason}`,
  )
}

/** A failure outweighs what is unknown, and that outweighs what passed; what was not begun is unknown. */
function worstOf(outcomes: readonly DrillOutcome[], wanted: number): DrillVerdict {
  const verdicts = outcomes.map(({ result }) => result.verdict)
  if (verdicts.includes('fail')) return 'fail'
  return verdicts.includes('unknown') || verdicts.length < wanted ? 'unknown' : 'pass'
}
