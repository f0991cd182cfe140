import type { Context } from '../kit/context.js'
import type { NodeName } from '../model/node.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf } from './environment-store.js'
import { readHistory } from './history.js'
import type { Change } from './history-fold.js'
import { callKeeper } from './keeper-call.js'
import type { ChangeAnswer } from './keeper-client.js'

/** A change of master that somebody asked for. */
export interface ChangedMaster extends ChangeAnswer {
  readonly env: string
  readonly before: NodeName | null
  /** How it went; null when the keeper's journal does not tell. */
  readonly change: Change | null
}

/** Moves the writes to the shadow, or to the node named, without losing a transaction. Throws SWITCHOVER_REFUSED. */
export function switchover(
  ref: EnvironmentRef,
  to: NodeName | null,
  context: Context,
): Promise<ChangedMaster> {
  return changed(ref, context, (client) => client.switchover(to))
}

/**
 * Ends the present master and lets the best of the others take over; with `acceptLoss` also without qlink's log. Throws
 * FAILOVER_REFUSED.
 */
export function failover(
  ref: EnvironmentRef,
  wish: { readonly reason: string | null; readonly acceptLoss: boolean },
  context: Context,
): Promise<ChangedMaster> {
  const { reason, acceptLoss } = wish
  return changed(ref, context, (client) =>
    acceptLoss ? client.forceFailover(reason) : client.failover(reason),
  )
}

async function changed(
  ref: EnvironmentRef,
  context: Context,
  ask: Parameters<typeof callKeeper<ChangeAnswer>>[2],
): Promise<ChangedMaster> {
  let before: NodeName | null = null
  const answer = await callKeeper(ref, context, async (client) => {
    before = (await client.topology()).master
    return ask(client)
  })
  const { epochs } = await readHistory(pathsOf(ref).dir)
  const change = epochs.find(({ epoch }) => epoch === answer.epoch)?.change ?? null
  return { ...answer, env: ref.env, before, change }
}
