import type { KeeperEvent, KeeperLimits, KeeperState } from '../../protocol/keeper/state.js'
import type { Facts } from '../checks/facts.js'

/** Notes what the keeper's machine has just been through, for the table of what a campaign has met. */
export function coverChange(
  facts: Facts,
  change: {
    readonly before: KeeperState
    readonly after: KeeperState
    readonly event: KeeperEvent
    readonly limits: KeeperLimits
  },
): void {
  const { before, after, event, limits } = change
  if (
    event.kind === 'tick' &&
    before.tickedAtMs !== null &&
    event.nowMs - before.tickedAtMs > limits.starvedMs
  )
    facts.sometimes('keeper starved')
  if (before.workflow === after.workflow && before.refusal === after.refusal) return
  if (after.refusal !== null && before.refusal === null) facts.sometimes('failover refused for now')
  coverWorkflow(facts, change)
}

function coverWorkflow(
  facts: Facts,
  { before, after, event }: { before: KeeperState; after: KeeperState; event: KeeperEvent },
): void {
  const [was, is] = [before.workflow, after.workflow]
  if (was?.kind === 'failover' && is === null && after.topology.master !== null)
    facts.sometimes('failover completed')
  if (was?.kind === 'switchover' && is === null && after.topology.epoch >= was.epoch)
    facts.sometimes('switchover completed')
  if (is?.kind === 'failover' && was?.kind === 'failover' && is.round > was.round) {
    facts.sometimes('failover began again from the seal')
    if (event.kind === 'process-gone' && event.node === was.order[0]) facts.sometimes('candidate died')
  }
  if (is?.kind === 'failover' && was === null) {
    if (is.reason.includes('is silent')) facts.sometimes('silence detected')
    if (is.reason.includes('nothing was written')) facts.sometimes('hang detected')
  }
}
