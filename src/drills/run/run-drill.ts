import { type Context, uncancelled } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { ensureDir } from '../../sys/files.js'
import { keepServerLogs } from '../evidence/keep-logs.js'
import { drillResult } from '../judge/drill-result.js'
import { nestedIn } from '../stage/nested-events.js'
import { closeDrillEnvironment } from './drill-environment.js'
import type { DrillOptions, DrillOutcome } from './drill-options.js'
import type { DrillState } from './drill-state.js'
import { beginDrill, refOf } from './drill-state.js'
import { walkDrill } from './walk-drill.js'
import { writeDrillReport } from './write-drill-report.js'

/**
 * One drill from an empty environment to a verdict: a core of its own, load, faults, checks, report, and everything
 * away again. Never throws for what goes wrong on the way: a failed step is in the result, which is written in any
 * case, also after Ctrl+C. Throws when not even the report can be written.
 */
export async function runDrill(options: DrillOptions, context: Context): Promise<DrillOutcome> {
  await ensureDir(options.reportDir)
  const drill = beginDrill(options, context)
  try {
    await walkDrill(drill)
  } finally {
    await drill.load?.close()
  }
  const result = await drillResult(drill)
  if (result.verdict !== 'pass' && drill.plan)
    await keepServerLogs(drill.plan, refOf(drill), options.reportDir)
  await writeDrillReport(options.reportDir, result)
  return { result, reportDir: options.reportDir, kept: await leave(drill) }
}

async function leave(drill: DrillState): Promise<boolean> {
  const { options, context } = drill
  // Refused before anything of ours was there: what is there is somebody else's.
  if (drill.plan === null) return false
  await asStep(
    context.emit,
    { step: 'leave', title: options.keep ? 'Leave the environment running' : 'Take the environment away' },
    context.clock,
    () =>
      closeDrillEnvironment({ ...refOf(drill), keep: options.keep }, nestedIn('leave', uncancelled(context))),
  )
  return options.keep
}
