import { lostOn } from '../../history/checkers/acknowledged-appends.js'
import { collectAppends } from '../../history/collect/append-rows.js'
import { corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import { askNode } from '../run/ask-node.js'
import type { DrillRun } from '../run/drill-run.js'
import { nodeNow } from '../run/drill-run.js'

const examplesMax = 10

/**
 * Looks on the master for every append that was acknowledged up to now, while the clients go on. Throws VERIFY_FAILED
 * with the first ones that are missing.
 */
export async function checkAppendsSoFar(run: DrillRun): Promise<string> {
  // What is told before the rows are read must be among them.
  const recorded = run.load.recorder.appendsSoFar()
  const node = await nodeNow(run, 'master')
  const byClient = await askNode(run, node, 'workload', collectAppends)
  const lost = lostOn(recorded, { node, byClient })
  if (lost.length === 0) return `all ${formatCount(recorded.acknowledged)} are on ${node}`
  const examples = lost.slice(0, examplesMax).map(({ client, n }) => `${client}/${n}`)
  throw corelabError('VERIFY_FAILED', {
    message: `${formatCount(lost.length)} acknowledged appends are missing on ${node}`,
    detail: `For example (client/number): ${examples.join(', ')}`,
  })
}
