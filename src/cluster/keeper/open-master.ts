import type { SqlConnection } from '../../clients/mysql/connection.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { letClientsIn } from './client-door.js'
import { awaitTrue, controlOf, serverIdIn } from './replication-wiring.js'
import type { StepTools } from './step-tools.js'

const statementLimitMs = 5000
const attachLimitMs = 15_000
const attachPollMs = 3

export interface NewMaster {
  readonly name: NodeName
  readonly epoch: number
}

/**
 * Makes a node the source of `epoch`, still read-only: it forgets whom it followed, demands acknowledgements, and qlink
 * is attached to it. Never opened without: a commit would hang (hole H14) or, worse, go out unacknowledged (H16).
 * Throws REPLICATION_BROKEN when somebody else acknowledges, too, and what qlink answers.
 */
export async function attachQlink(tools: Omit<StepTools, 'endProcess'>, master: NewMaster): Promise<void> {
  const { dialect } = tools
  const control = controlOf(tools, master.name)
  await control.run(statementLimitMs, async (connection) => {
    await dialect.setReadOnly(connection, true)
    // After a restart it would write under its configured one, in every epoch: a GTID that it lost could be given again.
    await dialect.setServerId(connection, serverIdIn(master.name, master.epoch))
    if (await dialect.replicaStatus(connection)) await dialect.forgetSource(connection)
    await dialect.setSemiSyncReplica(connection, false)
    // Before the first acknowledgement the master reads its log up to where qlink is: the fuller its file, the longer the gap.
    if (!(await dialect.semiSyncSource(connection)).enabled) await dialect.rotateBinlog(connection)
    await dialect.setSemiSyncSource(connection, true)
  })
  await tools.qlink.open({
    term: tools.term(),
    epoch: master.epoch,
    leader: tools.addressOf('qlink', master.name),
  })
  await awaitTrue(tools, {
    what: `${master.name}: qlink is attached and acknowledges`,
    limitMs: attachLimitMs,
    pollMs: attachPollMs,
    test: () =>
      control.run(statementLimitMs, async (connection) => {
        const { enabled, clients } = await dialect.semiSyncSource(connection)
        if (clients > 1) throw secondAcknowledger(master.name, clients)
        return enabled && clients === 1
      }),
  })
}

/** The epoch row is written and acknowledged, which proves the way from end to end; then writes are let in. */
export async function openForWrites(
  tools: Pick<StepTools, 'controls' | 'dialect'>,
  master: NewMaster,
): Promise<void> {
  await controlOf(tools, master.name).run(statementLimitMs, async (connection) => {
    // Still read-only for everybody else.
    await tools.dialect.allowReplay(connection, true)
    await writeEpoch(connection, master.epoch)
    await letClientsIn(connection)
    await tools.dialect.openWrites(connection)
  })
}

async function writeEpoch(connection: SqlConnection, epoch: number): Promise<void> {
  const [table] = await connection.query(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = 'corelab' AND table_name = 'heartbeat'",
  )
  if (!table) {
    await connection.query('CREATE DATABASE IF NOT EXISTS corelab')
    await connection.query(
      'CREATE TABLE IF NOT EXISTS corelab.heartbeat (' +
        'id TINYINT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, beat BIGINT NOT NULL, beaten_at DATETIME(3) NOT NULL)',
    )
  }
  await connection.execute(
    'INSERT INTO corelab.heartbeat (id, epoch, beat, beaten_at) VALUES (1, ?, 0, NOW(3)) ' +
      'ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), beat = beat + 1, beaten_at = VALUES(beaten_at)',
    [epoch],
  )
}

function secondAcknowledger(node: NodeName, clients: number) {
  return corelabError('REPLICATION_BROKEN', {
    message: `${node} has ${clients} clients that acknowledge; only qlink may`,
    fix: ['corelab cluster verify'],
  })
}
