import { corelabError } from '../../kit/errors.js'
import { formatDuration } from '../../kit/units.js'
import type { DrillProcess, DrillStep } from '../../model/drill.js'
import type { ProcessRecord } from '../../model/process-record.js'
import { readProcStat } from '../../sys/proc-stat.js'
import { isAlive, sendSignal } from '../../sys/processes.js'
import { keepBinlog } from '../evidence/kept-binlog.js'
import type { DrillRun } from '../run/drill-run.js'
import { processNow, topologyNow } from '../run/drill-run.js'

type SignalStep = Extract<DrillStep, { readonly do: 'signal' }>

/** The kernel acts on SIGKILL and SIGSTOP at once, unless the process hangs in it. */
const effectLimitMs = 5000
const lookMs = 2

/**
 * Sends a signal to processes, all at the same time, and sees that it took effect. Throws DRILL_TARGET_MISSING,
 * FAULT_WITHOUT_EFFECT.
 */
export async function strike(run: DrillRun, step: SignalStep): Promise<string> {
  const targets = await Promise.all(
    step.to.map(async (target) => ({ target, ...(await processNow(run, target)) })),
  )
  if (step.signal !== 'SIGCONT') await noteVictim(run, step.to)
  for (const { record, component } of targets)
    if (!sendSignal(record, step.signal))
      throw corelabError('FAULT_WITHOUT_EFFECT', {
        message: `${component} (pid ${record.pid}) did not take ${step.signal}`,
      })
  const names = targets.map(({ component }) => component).join(', ')
  if (step.signal === 'SIGCONT') for (const { component } of targets) run.faults.end(`frozen ${component}`)
  else
    for (const { component, record } of targets)
      run.faults.begin(step.signal === 'SIGKILL' ? `killed ${component}` : `frozen ${component}`, {
        title: `${component} ${step.signal === 'SIGKILL' ? 'killed' : 'frozen'}`,
        bit: true,
        evidence: `${step.signal} to process ${record.pid}, which ${step.signal === 'SIGKILL' ? 'ended' : 'stopped'}`,
      })
  await Promise.all(
    targets.map(({ record, component }) => awaitEffect(run, step.signal, { record, component })),
  )
  await keepEvidence(run, step)
  return `${step.signal} to ${names}`
}

/** Who is master must be known before it is not there any more. */
async function noteVictim(run: DrillRun, targets: readonly DrillProcess[]): Promise<void> {
  if (!targets.includes('master')) return
  const { epoch, master } = await topologyNow(run)
  run.epochAtFault = epoch
  if (master === null) return
  run.victims.push({ node: master, epoch, atMs: run.clock.nowMs() })
}

/** What the old master had written is copied before anybody can bring it back and cut it. */
async function keepEvidence(run: DrillRun, step: SignalStep): Promise<void> {
  const victim = run.victims.at(-1)
  if (victim && step.signal !== 'SIGCONT' && step.to.includes('master')) await keepBinlog(run, victim)
}

async function awaitEffect(
  run: DrillRun,
  signal: SignalStep['signal'],
  { record, component }: { readonly record: ProcessRecord; readonly component: string },
): Promise<void> {
  const { clock } = run.context
  const startedMs = clock.monotonicMs()
  const took = () =>
    signal === 'SIGKILL'
      ? !isAlive(record)
      : (readProcStat(record.pid)?.state === 'T') === (signal === 'SIGSTOP')
  while (!took()) {
    if (clock.monotonicMs() - startedMs > effectLimitMs)
      throw corelabError('FAULT_WITHOUT_EFFECT', {
        message: `${signal} to ${component} had no effect within ${formatDuration(effectLimitMs)}`,
      })
    await clock.sleep(lookMs)
  }
}
