import type { Topology } from '../../model/topology.js'
import type { Step } from '../../protocol/keeper/steps.js'

/** For the story of a run. */
export function stepText(step: Step): string {
  const { kind, ...rest } = step
  const details = Object.entries(rest).map(
    ([key, value]) => `${key} ${JSON.stringify(value).replaceAll('"', '')}`,
  )
  return [kind, ...details].join(' ')
}

/** For the story of a run. */
export function topologyText({ epoch, version, master, nodes, reason }: Topology): string {
  const parts = nodes.map(({ name, role, serving }) => `${name} ${role}${serving ? '' : ' (out)'}`)
  return `publishes ${epoch}.${version}: master ${master ?? 'none'}; ${parts.join(', ')} (${reason})`
}
