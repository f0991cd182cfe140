import { present } from '../../kit/assert.js'
import type { NodeSession } from './node-session.js'

/** Which nodes have applied everything that the master had when it was asked. */
export interface CaughtUp {
  /** The master's position. */
  readonly position: string
  /** By node; the master's own is true. */
  readonly byNode: ReadonlyMap<string, boolean>
}

/**
 * Asks the master, the first of `nodes`, for its position and waits up to `limitMs` for the others to reach it. Throws
 * what the connections throw.
 */
export async function awaitCatchUp(nodes: readonly NodeSession[], limitMs: number): Promise<CaughtUp> {
  const [master, ...others] = nodes
  const { node, connection, dialect } = present(master, 'master session')
  const position = await dialect.position(connection)
  const reached = await Promise.all(
    others.map(async (other): Promise<[string, boolean]> => {
      return [other.node, await other.dialect.waitForPosition(other.connection, position, limitMs)]
    }),
  )
  return { position, byNode: new Map([[node, true], ...reached]) }
}
