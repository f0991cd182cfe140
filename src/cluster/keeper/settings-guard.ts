import type { SqlConnection } from '../../clients/mysql/connection.js'
import type { Context } from '../../kit/context.js'
import { reasonOf } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { nodeOf } from '../../model/topology.js'
import type { KeeperState } from '../../protocol/keeper/state.js'
import { globalValues } from '../verify/global-values.js'
import type { SafetySetting } from '../verify/settings.js'
import { safetySettings, violationsOf } from '../verify/settings.js'
import type { WiringTools } from './replication-wiring.js'
import { controlOf } from './replication-wiring.js'

export interface SettingsGuardParts {
  /** The lines on which it looks; nobody else's, since one that hangs is dropped. */
  readonly looks: WiringTools
  /** The lines of the steps. What is put back goes through them, so that a step that begins meanwhile has the last word. */
  readonly repairs: WiringTools
  readonly state: () => KeeperState
  readonly context: Context
}

const everyMs = 1000
const lookLimitMs = 2000
const repairLimitMs = 5000

/**
 * Looks every second, on each serving node, at what an OK stands on and who may write, and puts back what somebody
 * changed: a level-triggered repair, never while roles are being changed. Resolves when the context is aborted.
 */
export async function guardSettings(parts: SettingsGuardParts): Promise<void> {
  const { clock, signal } = parts.context
  while (!signal.aborted) {
    const serving = parts.state().topology.nodes.filter((node) => node.serving)
    await Promise.all(serving.map(({ name }) => guardNode(parts, name)))
    await clock.sleep(everyMs, signal).catch(() => undefined)
  }
}

async function guardNode(parts: SettingsGuardParts, node: NodeName): Promise<void> {
  const { looks, repairs, state, context } = parts
  const { ticket } = state()
  if (!isSettled(state(), node)) return
  const isMaster = state().topology.master === node
  const settings = safetySettings(repairs.dialect.engine, isMaster ? 'master' : 'replica')
  try {
    const values = await globalValues(looks, { node, limitMs: lookLimitMs })
    const changed = settings.filter((each) => each.settable && violationsOf([each], values).length > 0)
    // What was seen may have been a step at work.
    if (changed.length === 0 || state().ticket !== ticket || !isSettled(state(), node)) return
    await controlOf(repairs, node).run(repairLimitMs, (connection) =>
      putBack(repairs, connection, { changed, isMaster }),
    )
    const message = `${node}: put back, somebody had changed it: ${violationsOf(changed, values).join('; ')}`
    context.emit({ kind: 'warning', code: 'SETTING_PUT_BACK', message })
  } catch (error) {
    if (!context.signal.aborted && state().ticket === ticket && isSettled(state(), node))
      context.emit({ kind: 'warning', code: 'KEEPER', message: `${node}: settings: ${reasonOf(error)}` })
  }
}

/** It has its role, and nobody is about to change that. */
function isSettled({ workflow, topology }: KeeperState, node: NodeName): boolean {
  return workflow === null && topology.master !== null && nodeOf(topology, node).serving
}

/** Who may write, and whether commits wait, are one thing: set together, or a node could take writes and demand nothing. */
async function putBack(
  { dialect }: WiringTools,
  connection: SqlConnection,
  { changed, isMaster }: { readonly changed: readonly SafetySetting[]; readonly isMaster: boolean },
): Promise<void> {
  for (const { name, wanted } of changed.filter(({ name }) => !isAuthority(name)))
    await connection.query(`SET GLOBAL ${name} = ${wanted}`)
  if (!changed.some(({ name }) => isAuthority(name))) return
  if (isMaster) return dialect.openWrites(connection)
  const { waiting } = await dialect.semiSyncSource(connection)
  // To let go of commits that wait would answer OK.
  await (waiting > 0 ? dialect.setReadOnly(connection, true) : dialect.endAuthority(connection))
}

function isAuthority(name: string): boolean {
  return /^(super_)?read_only$|^rpl_semi_sync_(master|source)_enabled$/.test(name)
}
