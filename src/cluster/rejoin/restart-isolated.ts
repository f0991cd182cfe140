import { CorelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import type { RejoinTools } from './rejoin-tools.js'

/**
 * Starts a node's server by itself: read-only, following nobody, known to no router. Where the engine can, it takes back
 * on this start what nobody had acknowledged (MDEV-33465). The server declines when something that cannot be taken back,
 * DDL above all, stands behind that; it is then started as it is. Throws COMPONENT_START_FAILED, COMPONENT_NOT_READY.
 */
export async function restartIsolated(
  tools: Pick<RejoinTools, 'supervisor' | 'controls' | 'dialect' | 'serverVersion'>,
  node: NodeName,
): Promise<void> {
  const { supervisor, dialect, serverVersion } = tools
  tools.controls.get(node)?.drop()
  if (!dialect.truncatesUnacknowledgedTail(serverVersion)) return supervisor.start(node, 'rejoin')
  try {
    await supervisor.start(node, 'rejoin', ['--init-rpl-role=SLAVE'])
  } catch (error) {
    if (!isDeclined(error)) throw error
    await supervisor.start(node, 'rejoin')
  }
}

/** The server's log says so in its last lines; nothing was changed then. */
function isDeclined(error: unknown): boolean {
  return (
    error instanceof CorelabError &&
    error.code === 'COMPONENT_START_FAILED' &&
    (error.detail ?? '').includes('Cannot truncate the binary log')
  )
}
