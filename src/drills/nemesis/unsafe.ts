import { openBinlogStream } from '../../clients/binlog/binlog-stream.js'
import { mariadbDialect } from '../../clients/dialects/mariadb.js'
import { pathsOf } from '../../cluster/environment-store.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { present } from '../../kit/assert.js'
import type { DrillNode } from '../../model/drill.js'
import type { NodeName } from '../../model/node.js'
import type { Topology } from '../../model/topology.js'
import { inTransaction } from '../../platform/transaction.js'
import { writeFileAtomic } from '../../sys/files.js'
import { askNode, openSession } from '../run/ask-node.js'
import type { DrillRun } from '../run/drill-run.js'
import { endpointOf, nodeNow, topologyNow } from '../run/drill-run.js'

/**
 * What corelab itself never does, and negative controls must do to show what it would cost.
 */

/** Not qlink's, and no node's. */
const hastyServerId = 911

/**
 * A second acknowledger that answers for every transaction at once and keeps none of them: what an acknowledgement
 * before the sync to disk comes to when the machine then dies.
 */
export async function hastyAcker(run: DrillRun, of: DrillNode): Promise<string> {
  const node = await nodeNow(run, of)
  const { host, port } = endpointOf(run, node)
  const from = await askNode(run, node, 'keeper', (connection) => mariadbDialect.writtenPosition(connection))
  let acknowledged = 0
  const stream = await openBinlogStream(
    {
      target: {
        host,
        port,
        user: databaseAccounts.qlink,
        password: run.endpoints.secrets.database.qlink,
      },
      engine: 'mariadb',
      serverId: hastyServerId,
      from,
      semiSync: true,
      heartbeatMs: 100,
      connectTimeoutMs: 5000,
    },
    {
      onFormat: () => undefined,
      onHeard: () => undefined,
      onBatch: (batch) => {
        if (batch.count === 0) return
        acknowledged += batch.count
        stream.ack(batch.file, present(batch.position[batch.count - 1], 'position'))
      },
      onClose: () =>
        run.faults.end('hasty acker', {
          bit: acknowledged > 0,
          evidence: `${acknowledged} transactions of ${node} were acknowledged by a process that kept none`,
        }),
    },
  )
  run.faults.begin('hasty acker', {
    title: `acknowledgements for ${node} without storage`,
    bit: null,
    evidence: 'a second acknowledger was attached',
  })
  run.load.accompany({ stop: async () => stream.close() })
  return `a second process acknowledges ${node} at once and keeps nothing`
}

/**
 * Makes a node the master without asking what it lacks, and tells the routers. The keeper must not be there to object.
 */
export async function promoteByHand(run: DrillRun, role: DrillNode): Promise<string> {
  const node = await nodeNow(run, role)
  const before = await topologyNow(run)
  const epoch = before.epoch + 1
  await askNode(run, node, 'keeper', async (connection) => {
    if (await mariadbDialect.replicaStatus(connection)) await mariadbDialect.forgetSource(connection)
    await mariadbDialect.setSemiSyncSource(connection, false)
    await mariadbDialect.setReadOnly(connection, false)
    await connection.execute('UPDATE corelab.heartbeat SET epoch = ? WHERE id = 1', [epoch])
  })
  await publishByHand(run, promoted(before, { node, epoch }))
  run.faults.begin('promoted by hand', {
    title: `${node} promoted without a question`,
    bit: true,
    evidence: `epoch ${epoch}: nobody asked what ${node} lacks`,
  })
  return `${node} is master of epoch ${epoch}, by hand`
}

function promoted(before: Topology, next: { readonly node: NodeName; readonly epoch: number }): Topology {
  return {
    ...before,
    epoch: next.epoch,
    version: 1,
    master: next.node,
    reason: `${next.node} was promoted by hand`,
    nodes: before.nodes.map((each) => ({
      ...each,
      role: each.name === next.node ? 'master' : 'quarantined',
      source: null,
      serving: each.name === next.node,
    })),
  }
}

async function publishByHand(run: DrillRun, topology: Topology): Promise<void> {
  const text = `${JSON.stringify(topology, null, 2)}\n`
  await writeFileAtomic(pathsOf(run.ref).topologyFile, text, { mode: 0o600 })
}

/** A row that no client of the load writes. */
const marker = { client: 4_000_000, n: 0 }

/** Writes one row whose commit will not be answered, and waits for nothing. */
export async function writeMarker(run: DrillRun, on: DrillNode): Promise<string> {
  const node = await nodeNow(run, on)
  const { recorder } = run.load
  const connection = await openSession(run, node, 'workload', 120_000)
  // Never completed: for the ledger its outcome is unknown, which is true.
  recorder.invoke(recorder.newProcess(), 'append', marker)
  void inTransaction(connection, (open) =>
    open.execute('INSERT INTO bench.append (client, n, epoch, server_id) VALUES (?, ?, 0, 0)', [
      marker.client,
      marker.n,
    ]),
  ).catch(() => undefined)
  run.sessions.set('marker', connection)
  return `a row was sent to ${node}; its commit waits for an acknowledgement`
}

/** Until the row has come through replication, or through the commit's way into the engine. */
const lookLimitMs = 5000
const lookMs = 50

/** Reads the row as a client might. What was seen once and is gone later is a row that never was. */
export async function lookForMarker(
  run: DrillRun,
  look: { readonly on: DrillNode; readonly expect: 'there' | 'gone' },
): Promise<string> {
  const node = await nodeNow(run, look.on)
  const { clock, signal } = run.context
  const startedMs = clock.monotonicMs()
  let seen = false
  while (!seen && clock.monotonicMs() - startedMs < (look.expect === 'there' ? lookLimitMs : 0) + lookMs) {
    seen = await askNode(run, node, 'workload', async (connection) => {
      const rows = await connection.query('SELECT n FROM bench.append WHERE client = ? AND n = ?', [
        marker.client,
        marker.n,
      ])
      return rows.length > 0
    })
    if (!seen) await clock.sleep(lookMs, signal)
  }
  run.claims.push({
    name: look.expect === 'there' ? 'a client saw the row' : 'the row is gone',
    valid: seen === (look.expect === 'there'),
    summary: `the row whose commit nobody acknowledged is ${seen ? 'there' : 'not there'} for a reader of ${node}`,
    details: { node, seen, expected: look.expect },
  })
  return seen ? `${node} shows the row` : `${node} does not show the row`
}
