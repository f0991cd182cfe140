import { awaitCatchUp } from '../history/collect/catch-up.js'
import type { NodeSession } from '../history/collect/node-session.js'
import type { Context } from '../kit/context.js'
import { corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import { stoppable } from '../kit/stoppable.js'
import { formatDuration } from '../kit/units.js'

/** A replica applies a bulk load at about the speed at which it was written. */
const limitMs = 20 * 60_000
/** Short, so that a cancellation is noticed soon. */
const sliceMs = 1_000

/**
 * Waits until every replica has applied what the master has written. A load test on nodes that still apply a bulk
 * load would measure the bulk load. Throws REPLICATION_BROKEN when it takes too long, and CANCELLED.
 */
export async function awaitReplicas(nodes: readonly NodeSession[], context: Context): Promise<void> {
  const { clock, emit, signal } = context
  const step = { step: 'population.replicas', title: 'Let the replicas apply what was loaded' }
  await asStep(emit, step, clock, async () => {
    const startedMs = clock.monotonicMs()
    for (;;) {
      const { byNode } = await stoppable(signal, () => awaitCatchUp(nodes, sliceMs))
      const late = [...byNode].filter(([, caughtUp]) => !caughtUp).map(([node]) => node)
      if (late.length === 0) return
      const elapsedMs = clock.monotonicMs() - startedMs
      const waitingFor = `${late.join(', ')}: everything loaded is applied`
      if (elapsedMs > limitMs) throw tooLate(waitingFor)
      emit({ kind: 'step.waiting', step: step.step, waitingFor, elapsedMs, limitMs })
    }
  })
}

function tooLate(waitingFor: string) {
  return corelabError('REPLICATION_BROKEN', {
    message: `Not within ${formatDuration(limitMs)}: ${waitingFor}`,
    fix: ['corelab status'],
  })
}
