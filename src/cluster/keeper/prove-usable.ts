import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { Keeper } from './keeper.js'
import { awaitTrue, controlOf } from './replication-wiring.js'

/** A rebuilt or long-stopped replica may have minutes of writes to catch up with. */
const usableLimitMs = 120_000
const statementLimitMs = 10_000

/**
 * Usable means: what is written on the master now is seen on every serving node. Throws NO_MASTER, and
 * REPLICATION_BROKEN naming the node that did not catch up.
 */
export async function proveUsable(keeper: Keeper, context: Context): Promise<void> {
  const { tools } = keeper
  const { master, nodes } = keeper.state.topology
  if (master === null)
    throw corelabError('NO_MASTER', { message: 'There is no master', fix: ['corelab status'] })
  const position = await controlOf(tools, master).run(statementLimitMs, async (connection) => {
    await connection.execute('UPDATE corelab.heartbeat SET beat = beat + 1, beaten_at = NOW(3) WHERE id = 1')
    return tools.dialect.position(connection)
  })
  const replicas = nodes.filter((node) => node.serving && node.name !== master)
  await Promise.all(
    replicas.map(({ name }) =>
      awaitTrue(
        { context },
        {
          what: `${name}: a write on the master is seen here`,
          limitMs: usableLimitMs,
          test: () =>
            controlOf(tools, name).run(statementLimitMs, (connection) =>
              tools.dialect.waitForPosition(connection, position, 200),
            ),
        },
      ),
    ),
  )
}
