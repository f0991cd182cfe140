import { corelabError } from '../../kit/errors.js'
import { readersOf } from '../../model/topology.js'
import type { BenchCore, BenchNode } from '../bench/bench-core.js'
import type { KeyAccess } from '../engine/key-chooser.js'
import type { ScenarioOption } from './scenario.js'

export const nodeOption: ScenarioOption = {
  name: 'node',
  summary: 'Who serves the reads: all that serve them now, or one node by its role or name',
  default: 'readers',
  values: {
    words: ['readers', 'master', 'shadow', 'slave-1', 'slave-2'],
    orName: /^[a-z][a-z0-9-]{0,31}$/,
    nameOf: 'the name of a node',
  },
}

export const keysOption: ScenarioOption = {
  name: 'keys',
  summary: 'Which rows are wanted: all alike, some far more often (Zipf 0.99), or a hundred hot ones by half',
  default: 'uniform',
  values: ['uniform', 'zipf', 'hot'],
}

/** What of a core it takes to choose nodes; also of one that is not there yet. */
type Nodes<N> = Pick<BenchCore, 'name' | 'environment'> & { readonly databases: readonly N[] }

/** The nodes that a wish means, at least one. Throws USAGE when there is no such node. */
export function readNodesOf<N extends Pick<BenchNode, 'name' | 'role'>>(
  core: Nodes<N>,
  wanted: string,
): readonly N[] {
  const { environment, databases } = core
  if (wanted !== 'readers') {
    const node = databases.find(({ role, name }) => role === wanted || name === wanted)
    if (node) return [node]
    throw noSuchNode(core, wanted)
  }
  const readers =
    environment === null
      ? databases.filter(({ role }) => role === 'reader')
      : databases.filter(({ name }) => readersOf(environment.topology).some((each) => each.name === name))
  return readers.length > 0 ? readers : databases.slice(0, 1)
}

function noSuchNode(
  { name, databases, environment }: Nodes<Pick<BenchNode, 'name' | 'role'>>,
  wanted: string,
) {
  return corelabError('USAGE', {
    message: `${name} has no ${wanted} that serves`,
    detail: `It has: ${databases.map((node) => `${node.role} (${node.name})`).join(', ')}`,
    fix: environment === null ? databases.map((node) => `--set node=${node.name}`) : ['corelab status'],
  })
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
