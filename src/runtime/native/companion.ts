import type { Context } from '../../kit/context.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { ProcessId } from '../../model/process-record.js'
import { awaitReady } from '../../sys/probes.js'
import { endProcess, spawnDetached } from '../../sys/processes.js'

const companionReadyLimitMs = 15_000
const companionGraceMs = 2_000

/**
 * Starts a component's helper and waits until it answers; null when the component has none. Raises
 * COMPONENT_START_FAILED, COMPONENT_NOT_READY, CANCELLED; then nothing of it is left.
 */
export async function startCompanion(spec: ComponentSpec, context: Context): Promise<ProcessId | null> {
  if (spec.companion === null) return null
  const { command, args, env, readiness } = spec.companion
  const { record, exited } = await spawnDetached({
    command,
    args,
    env,
    cwd: spec.cwd,
    outputLog: spec.outputLog,
  })
  try {
    await awaitReady(readiness, { ...context, exited, limitMs: companionReadyLimitMs })
  } catch (error) {
    await endCompanion(record, context)
    throw error
  }
  return { pid: record.pid, startTicks: record.startTicks }
}

export async function endCompanion(record: ProcessId | null, context: Pick<Context, 'clock'>): Promise<void> {
  if (record === null) return
  await endProcess(record, { signal: 'SIGTERM', graceMs: companionGraceMs, clock: context.clock })
}
