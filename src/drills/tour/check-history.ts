import { businessSchemas } from '../../components/mysql/accounts-sql.js'
import type { ResolvedUnknown } from '../../history/checkers/acknowledged-writes.js'
import { checkAcknowledgedWrites, resolveUnknown } from '../../history/checkers/acknowledged-writes.js'
import { checkConservation } from '../../history/checkers/conservation.js'
import { checkConvergence } from '../../history/checkers/convergence.js'
import { checkIdempotency } from '../../history/checkers/idempotency.js'
import { awaitCatchUp } from '../../history/collect/catch-up.js'
import { collectConservation } from '../../history/collect/conservation-facts.js'
import { collectConvergence } from '../../history/collect/convergence-facts.js'
import { collectIdempotency } from '../../history/collect/idempotency-facts.js'
import type { NodeSession } from '../../history/collect/node-session.js'
import { collectTransferKeys } from '../../history/collect/transfer-keys.js'
import type { RecordedTransfers } from '../../history/recorded-transfers.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { asStep } from '../../kit/events.js'
import { stoppable } from '../../kit/stoppable.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import { openingBalances } from '../../population/opening-of.js'
import type { PopulationSpec } from '../../population/population.js'

/** Replicas were seconds behind at most when the load ended; one that needs longer is broken. */
const catchUpLimitMs = 60_000

export interface CheckOptions {
  /** The master first, then every other serving node. */
  readonly nodes: readonly NodeSession[]
  readonly recorded: RecordedTransfers
  readonly keyPrefix: string
  readonly population: PopulationSpec
  /** Sum of all opening balances, in minor units. */
  readonly loadedTotal: bigint
  /** Told one by one, so that a verdict is kept when a later check fails to run. */
  readonly onCheck: (check: CheckVerdict) => void
  readonly onResolved: (resolved: ResolvedUnknown) => void
}

/**
 * Compares what the clients were told with what the nodes hold. A client whose outcome was unknown finds it here by
 * its idempotency key. Throws what the connections throw, and CANCELLED.
 */
export async function checkHistory(options: CheckOptions, context: Context): Promise<void> {
  const check = async (name: string, title: string, work: () => Promise<CheckVerdict>) => {
    const step = { step: `checks.${name}`, title }
    options.onCheck(
      await asStep(
        context.emit,
        step,
        context.clock,
        () => stoppable(context.signal, work),
        (verdict) => verdict.summary,
      ),
    )
  }
  await check('acknowledged', 'Look for every acknowledged transfer on every node', () =>
    acknowledged(options),
  )
  await check('idempotency', 'Look for keys that moved money twice', () => idempotency(options))
  await check('conservation', 'Add up all balances', () => conservation(options))
  await check('convergence', 'Compare all tables of all nodes', () => convergence(options))
}

async function acknowledged({ nodes, recorded, keyPrefix, onResolved }: CheckOptions): Promise<CheckVerdict> {
  await awaitCatchUp(nodes, catchUpLimitMs)
  const held = await Promise.all(
    nodes.map(async ({ node, connection }) => ({
      node,
      keys: await collectTransferKeys(connection, keyPrefix),
    })),
  )
  const facts = { recorded, present: held }
  onResolved(resolveUnknown(facts))
  return checkAcknowledgedWrites(facts)
}

async function idempotency({ nodes, recorded }: CheckOptions): Promise<CheckVerdict> {
  const { node, connection } = masterOf(nodes)
  return checkIdempotency(await collectIdempotency(connection, { node, recorded }))
}

async function conservation({ nodes, population, loadedTotal }: CheckOptions): Promise<CheckVerdict> {
  const { node, connection } = masterOf(nodes)
  const openingOf = openingBalances(population)
  return checkConservation(await collectConservation({ connection, node, loadedTotal, openingOf }))
}

async function convergence({ nodes }: CheckOptions): Promise<CheckVerdict> {
  return checkConvergence(await collectConvergence({ nodes, schemas: businessSchemas, catchUpLimitMs }))
}

function masterOf(nodes: readonly NodeSession[]): NodeSession {
  return present(nodes[0], 'master session')
}
