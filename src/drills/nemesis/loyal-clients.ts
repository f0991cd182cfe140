import { openPool } from '../../clients/mysql/pool.js'
import { AppendSession } from '../../load/live/append-session.js'
import { startClosedLoop } from '../../load/live/closed-loop.js'
import type { DrillStep } from '../../model/drill.js'
import { inTransaction } from '../../platform/transaction.js'
import { targetOf } from '../run/ask-node.js'
import type { DrillRun } from '../run/drill-run.js'
import { nodeNow } from '../run/drill-run.js'

type LoyalStep = Extract<DrillStep, { readonly do: 'loyal-clients' }>

/** Beyond those of the load, so that rows of the two never meet. */
const firstLoyalClient = 10_000

const statementLimitMs = 10_000
const thinkMs = 20

/**
 * Clients that stay with one node, whatever anybody publishes: they heard no news, or sit on its side of a partition.
 * What they are told is recorded in the same ledger, so that an OK that a sealed master gives them is found.
 */
export async function loyalClients(run: DrillRun, step: LoyalStep): Promise<string> {
  const node = await nodeNow(run, step.to)
  const stop = new AbortController()
  const pool = openPool(targetOf(run, node, 'workload'), {
    connectionLimit: step.clients,
    statementLimitMs,
    connectTimeoutMs: 1000,
  })
  const first = firstLoyalClient + 100 * run.loyalGroups++
  const loop = startClosedLoop(
    {
      connections: step.clients,
      openSession: async (index) =>
        new AppendSession({
          write: (work) => pool.use((connection) => inTransaction(connection, work)),
          recorder: run.load.recorder,
          client: first + index,
          think: () => run.context.clock.sleep(thinkMs),
        }),
      stop: stop.signal,
    },
    run.context,
  )
  loop.finished.catch(() => undefined)
  run.load.accompany({
    async stop() {
      stop.abort()
      // What still waits for an answer of a sealed master will never get one.
      pool.destroyAll()
      await loop.finished
      await pool.close()
    },
  })
  return `${step.clients} clients stay with ${node}`
}
