import type { NodeName } from '../../model/node.js'
import type { WiringTools } from '../keeper/replication-wiring.js'
import { controlOf } from '../keeper/replication-wiring.js'

interface NamedValue {
  readonly Variable_name: string
  readonly Value: string
}

/** All settings of a node, and what it says of semi-synchronous replication; names in lower case. */
export async function globalValues(
  tools: Pick<WiringTools, 'controls'>,
  { node, limitMs }: { readonly node: NodeName; readonly limitMs: number },
): Promise<ReadonlyMap<string, string>> {
  return controlOf(tools, node).run(limitMs, async (connection) => {
    const rows = [
      ...(await connection.query<NamedValue>('SHOW GLOBAL VARIABLES')),
      ...(await connection.query<NamedValue>("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync%'")),
    ]
    return new Map(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]))
  })
}
