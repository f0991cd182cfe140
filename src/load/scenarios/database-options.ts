import { corelabError } from '../../kit/errors.js'
import { readersOf } from '../../model/topology.js'
import type { BenchCore, BenchNode } from '../bench/bench-core.js'
import type { KeyAccess } from '../engine/key-chooser.js'
import type { ScenarioOption } from './scenario.js'

export const nodeOption: ScenarioOption = {
  name: 'node',
  summary: 'Who serves the reads: all that serve them now, or one node by its role',
  default: 'readers',
  values: ['readers', 'master', 'shadow', 'slave-1', 'slave-2'],
}

export const keysOption: ScenarioOption = {
  name: 'keys',
  summary: 'Which rows are wanted: all alike, some far more often (Zipf 0.99), or a hundred hot ones by half',
  default: 'uniform',
  values: ['uniform', 'zipf', 'hot'],
}

/** The nodes that a wish means, at least one. Throws USAGE when there is no such node. */
export function readNodesOf(core: BenchCore, wanted: string): readonly BenchNode[] {
  if (wanted !== 'readers') {
    const node = core.databases.find(({ role }) => role === wanted)
    if (node) return [node]
    throw corelabError('USAGE', {
      message: `${core.name} has no ${wanted} that serves`,
      detail: `It has: ${core.databases.map(({ name, role }) => `${role} (${name})`).join(', ')}`,
      fix: ['corelab status'],
    })
  }
  const { environment, databases } = core
  if (environment === null) return databases.slice(0, 1)
  const readers = readersOf(environment.topology)
  const nodes = databases.filter(({ name }) => readers.some((reader) => reader.name === name))
  return nodes.length > 0 ? nodes : databases.slice(0, 1)
}

export function keyAccessOf(wanted: string): KeyAccess {
  switch (wanted) {
    case 'zipf':
      return { kind: 'zipf', exponent: 0.99 }
    case 'hot':
      return { kind: 'hot', keys: 100, share: 0.5 }
    default:
      return { kind: 'uniform' }
  }
}
