import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { readStatus } from '../../cluster/status.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { CorelabEvent } from '../../kit/events.js'
import { formatDuration } from '../../kit/units.js'
import type { KeeperRecord } from '../stage/keeper-record.js'
import type { RunClock } from '../stage/run-clock.js'
import type { KillFacts } from './failover-facts.js'
import { killMaster } from './kill-master.js'
import type { TransferStage } from './transfer-stage.js'
import { watchLoad } from './watch-load.js'

/** A keeper that needs longer has failed; by then clients have long given up. */
const writesAgainLimitMs = 60_000
const lookMs = 50

export interface KillOptions {
  readonly ref: EnvironmentRef
  readonly stage: TransferStage
  readonly record: KeeperRecord
  readonly runClock: RunClock
  readonly loadAfterFirstOkMs: number
  /** Told at once, so that a later failure of the step does not lose it. */
  readonly onKilled: (kill: KillFacts) => void
}

/**
 * Kills the master under load, waits until clients get an OK from the new one, and lets the load go on for a while.
 * Throws NO_MASTER when no write is acknowledged again in time.
 */
export async function surviveKill(options: KillOptions, context: Context): Promise<void> {
  const { stage, runClock } = options
  const status = await readStatus(options.ref)
  const atMs = runClock.nowMs()
  const { node, epoch } = killMaster(status)
  stage.noteKill(node)
  options.onKilled({ node, epoch, atMs })
  const tell = teller(options.record, context)
  await awaitWrites(options, { node, epoch, tell }, context)
  await watchLoad(
    {
      step: 'failover',
      run: stage.run,
      isOver: async (elapsedMs) => {
        // The new master takes writes before the last replica has moved: the keeper's last steps end here.
        await tell()
        return elapsedMs >= options.loadAfterFirstOkMs
      },
    },
    context,
  )
}

async function awaitWrites(
  options: KillOptions,
  killed: { readonly node: string; readonly epoch: number; readonly tell: () => Promise<void> },
  context: Context,
): Promise<void> {
  const { stage, record } = options
  const { tell } = killed
  let okAtNewEpoch: number | null = null
  let writesAgain = false
  await watchLoad(
    {
      step: 'failover',
      run: stage.run,
      everyMs: lookMs,
      isOver: async (elapsedMs) => {
        await tell()
        const topology = stage.dataSource.topology()
        const { ok } = stage.run.counters()
        if (topology && topology.epoch > killed.epoch && topology.master !== null) okAtNewEpoch ??= ok
        writesAgain = okAtNewEpoch !== null && ok > okAtNewEpoch
        return writesAgain || elapsedMs > writesAgainLimitMs
      },
    },
    context,
  )
  if (!writesAgain) throw await nobodyTookOver(killed.node, record)
}

/** Passes on what the keeper does meanwhile: the roles, and the steps of its failover. */
function teller(record: KeeperRecord, context: Context): () => Promise<void> {
  let told = 0
  return async () => {
    const events = await record.read()
    for (; told < events.length; told++) {
      const { at: _at, seq: _seq, ...body } = present(events[told], 'event')
      if (body.kind !== 'step.progress' && body.kind !== 'step.waiting') context.emit(body)
    }
  }
}

async function nobodyTookOver(node: string, record: KeeperRecord) {
  const said = (await record.read()).flatMap(sentence).slice(-12)
  return corelabError('NO_MASTER', {
    message: `No write was acknowledged within ${formatDuration(writesAgainLimitMs)} after ${node} was killed`,
    detail: said.length > 0 ? `The keeper's last words:\n${said.join('\n')}` : 'The keeper recorded nothing.',
    fix: ['corelab status', 'corelab logs keeper'],
  })
}

function sentence(event: CorelabEvent): readonly string[] {
  switch (event.kind) {
    case 'topology':
      return [`epoch ${event.epoch}, master ${event.master ?? 'none'}: ${event.reason}`]
    case 'warning':
      return [`${event.code}: ${event.message}`]
    case 'step.failed':
      return [`${event.step} failed: ${event.error.message}`]
    default:
      return []
  }
}
