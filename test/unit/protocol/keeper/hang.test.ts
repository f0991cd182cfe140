import { expect, test } from 'vitest'
import { nodeNames } from '../../../../src/model/node.js'
import type { KeeperState, UntimedKeeperEvent } from '../../../../src/protocol/keeper/state.js'
import { defaultKeeperLimits, initialKeeperState } from '../../../../src/protocol/keeper/state.js'
import { stepKeeper } from '../../../../src/protocol/keeper/step.js'
import { topologyOf } from '../../../support/topologies.js'

/** A master that answers, and writes nothing, for `forMs`; what qlink says meanwhile. */
function standStill(
  before: KeeperState,
  { fromMs, forMs, holdsBack }: { fromMs: number; forMs: number; holdsBack: boolean },
): KeeperState {
  let state = before
  for (let nowMs = fromMs; nowMs <= fromMs + forMs; nowMs += 50) {
    const seen = { heardAgoMs: 0, bytes: 1, loopDelayMs: 0, holdsBack }
    const events: UntimedKeeperEvent[] = [
      { kind: 'qlink-seen', ...seen },
      ...nodeNames.map((node) => ({ kind: 'answered' as const, node })),
      { kind: 'tick' },
    ]
    for (const event of events) state = stepKeeper(state, { ...event, nowMs }, defaultKeeperLimits).state
  }
  return state
}

const { hangMs } = defaultKeeperLimits

test('a master whose writes waited for qlink gets its time from when qlink lets go', () => {
  const began = stepKeeper(
    initialKeeperState(topologyOf({ epoch: 2, down: [] })),
    { kind: 'resume', nowMs: 0 },
    defaultKeeperLimits,
  ).state
  const held = standStill(began, { fromMs: 50, forMs: 3 * hangMs, holdsBack: true })
  expect(held.workflow).toBe(null)

  const fromMs = 50 + 3 * hangMs + 50
  const soon = standStill(held, { fromMs, forMs: hangMs - 500, holdsBack: false })
  expect(soon.workflow).toBe(null)

  const late = standStill(soon, { fromMs: fromMs + hangMs - 450, forMs: 1000, holdsBack: false })
  expect(late.workflow).toMatchObject({ kind: 'failover' })
})

test('a frozen replica that dies while a master is being changed is started again afterwards', () => {
  const db4 = nodeNames[3] as (typeof nodeNames)[number]
  let state = initialKeeperState(topologyOf({ epoch: 2, down: [] }))
  const step = (event: UntimedKeeperEvent, nowMs: number) => {
    const taken = stepKeeper(state, { ...event, nowMs }, defaultKeeperLimits)
    state = taken.state
    return taken.effects
  }
  step({ kind: 'resume' }, 0)
  const frozenMs = 2 * defaultKeeperLimits.replicaSilentMs
  for (let nowMs = 0; nowMs <= frozenMs; nowMs += 50) {
    for (const node of nodeNames) if (node !== db4) step({ kind: 'answered', node }, nowMs)
    step({ kind: 'tick' }, nowMs)
  }
  expect(state.health[db4]?.silent).toBe(true)
  step({ kind: 'failover-asked', request: 1, reason: 'x' }, frozenMs)
  step({ kind: 'process-gone', node: db4 }, frozenMs)
  const over = { ...state, workflow: null, topology: topologyOf({ epoch: 3, down: [4] }) }
  state = over

  expect(step({ kind: 'resume' }, frozenMs + 50)).toContainEqual({ kind: 'restart', node: db4 })
})
