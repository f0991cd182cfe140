import type { BenchCheck } from '../../model/bench-result.js'
import type { Topology } from '../../model/topology.js'
import { readJsonFile } from '../../sys/files.js'
import type { BenchCore } from './bench-core.js'

/**
 * Whether the core that was measured is still the one that the run began with: the mean of two masters and of the gap
 * between them is a figure of neither. No check for servers that are not ours. Throws what reading the file throws.
 */
export async function checkOneMaster({ environment }: BenchCore): Promise<BenchCheck[]> {
  if (environment === null) return []
  const before = environment.topology
  const now = await readJsonFile<Topology>(environment.topologyFile)
  return [sameMasterCheck(before, now)]
}

/** Exported for the judgement alone. */
export function sameMasterCheck(
  before: Pick<Topology, 'epoch' | 'master'>,
  now: Pick<Topology, 'epoch' | 'master'> | null,
): BenchCheck {
  const name = 'one master throughout'
  if (now?.epoch === before.epoch && now.master === before.master)
    return { name, valid: true, summary: `${now.master} in epoch ${now.epoch}` }
  const then = `${before.master} was master when the run began`
  const summary = now?.master
    ? `${then}, and ${now.master} is now, in epoch ${now.epoch}: neither was measured alone`
    : `${then}, and nobody is now`
  return { name, valid: false, summary }
}
