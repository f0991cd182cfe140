import { present } from '../../kit/assert.js'
import { systemClock } from '../../kit/clock.js'
import type { Context } from '../../kit/context.js'
import { toCorelabError } from '../../kit/errors.js'
import type { Emit } from '../../kit/events.js'
import { exitCodes } from '../../kit/exit-codes.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { Secrets } from '../../model/secrets.js'
import { readJsonFile } from '../../sys/files.js'
import { keeperSocketOf } from '../../sys/keeper-socket.js'
import { acquireLock } from '../../sys/locks.js'
import { statePaths } from '../../sys/state-dir.js'
import { readHistory } from '../history.js'
import { openHistoryJournal } from '../history-journal.js'
import { serveKeeperApi } from './api.js'
import type { Core } from './assemble.js'
import { assembleCore } from './assemble.js'
import { bootCore } from './boot.js'
import { openEventLog } from './event-log.js'
import { proveUsable } from './prove-usable.js'
import { stopCore } from './stop-core.js'
import { wishRoutes } from './wishes.js'

/** A keeper that was killed a moment ago may not be quite gone. */
const takeOverLimitMs = 5000

/**
 * The life of a keeper: one at a time per environment; adopt or start everything, watch until told to stop, stop in order. A start that fails
 * or is cancelled is rolled back, so that nothing is left running. Returns the exit code of the process.
 */
export async function runKeeper(
  stateDir: string,
  { standby }: { readonly standby: boolean },
): Promise<number> {
  const paths = statePaths(stateDir)
  const stopping = new AbortController()
  onStopSignals(() => stopping.abort())
  const waitMs = standby ? Number.POSITIVE_INFINITY : takeOverLimitMs
  const { signal } = stopping
  const turn = { purpose: 'keeper', waitMs, clock: systemClock, signal } as const
  const lock = await acquireLock(paths.keeperLockFile, turn).catch((error) => {
    if (signal.aborted) return null
    throw error
  })
  if (lock === null) return exitCodes.ok
  try {
    return await keepCore(stateDir, stopping)
  } finally {
    await lock.release()
  }
}

async function keepCore(stateDir: string, stopping: AbortController): Promise<number> {
  const paths = statePaths(stateDir)
  const plan = present(await readJsonFile<BootPlan>(paths.planFile), paths.planFile)
  const secrets = present(await readJsonFile<Secrets>(paths.secretsFile), paths.secretsFile)
  const emit = openEventLog(paths.eventsFile, systemClock, openHistoryJournal(paths.epochsFile))
  const context: Context = { clock: systemClock, emit, signal: stopping.signal }

  const core = await assembleCore({ plan, secrets, context })
  const api = await serveKeeperApi(keeperSocketOf(plan.socketDir), {
    routes: {
      'GET /status': async () => core.keeper.status(),
      'GET /topology': async () => core.keeper.state.topology,
      'POST /reconcile': async () => void reconcile(core, context),
      'GET /history': async () => readHistory(stateDir),
      'POST /stop': async () => stopping.abort(),
      ...wishRoutes(core.keeper, core.hold),
    },
    feeds: { 'GET /topology/watch': (send) => core.keeper.followTopology(send) },
  })
  const upStep = startStep(emit)
  try {
    const schemaPassword = secrets.database.schema
    await bootCore({ ...core, plan, context, schemaPassword })
    upStep.done()
    await core.keeper.watch()
    await stopCore({ ...core, emit })
    return exitCodes.ok
  } catch (error) {
    stopping.abort()
    // The rollback comes before the bad news: who hears of it finds nothing left running.
    await stopCore({ ...core, emit })
    upStep.failed(error)
    return toCorelabError(error).entry.exit
  } finally {
    emit({ kind: 'note', message: 'the keeper ends' })
    api.close()
    api.closeAllConnections()
    core.close()
  }
}

/** Brings back what was given up, at the wish of an `up` on a running environment. */
async function reconcile(core: Core, context: Context): Promise<void> {
  const upStep = startStep(context.emit)
  try {
    await core.keeper.reconcile()
    await proveUsable(core.keeper, context)
    upStep.done()
  } catch (error) {
    upStep.failed(error)
  }
}

/** The step `up` is what the starter waits for. */
function startStep(emit: Emit): { done(): void; failed(error: unknown): void } {
  const startedMs = systemClock.monotonicMs()
  const elapsedMs = () => systemClock.monotonicMs() - startedMs
  emit({ kind: 'step.started', step: 'up', title: 'Start the core' })
  return {
    done: () => emit({ kind: 'step.done', step: 'up', durationMs: elapsedMs() }),
    failed: (error) =>
      emit({ kind: 'step.failed', step: 'up', durationMs: elapsedMs(), error: toCorelabError(error).shape }),
  }
}

function onStopSignals(stop: () => void): void {
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // The terminal that started us may go away; the environment stays.
  process.on('SIGHUP', () => undefined)
}
