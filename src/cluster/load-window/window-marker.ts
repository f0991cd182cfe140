import { rm } from 'node:fs/promises'
import type { CorelabError } from '../../kit/errors.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeName } from '../../model/node.js'
import { populationName } from '../../population/load-ledger.js'
import type { PopulationSpec } from '../../population/population.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'
import type { StatePaths } from '../../sys/state-dir.js'

/**
 * `load-window.json`: an offline load is under way, or was killed. Until the phase `placing` no node's own data was touched.
 *
 * - `stopping`: the core is being stopped; from here on it is not started any more;
 * - `loading`: a copy of the master's data is filled;
 * - `copying`: the filled copy is whole and is copied for the other nodes;
 * - `proving`: the rows of the filled copy are compared with the generator, and the files of the others with what was copied;
 * - `placing`: the copies take the places of the nodes' data, which are kept beside;
 * - `placed`: all nodes have the new data; what they had is removed.
 */
export interface LoadWindow {
  readonly schema: 'corelab/load-window@1'
  readonly phase: 'stopping' | 'loading' | 'copying' | 'proving' | 'placing' | 'placed'
  readonly spec: PopulationSpec
  /** Whose data is filled. */
  readonly master: NodeName
  /** Nodes out of service when it began: what they had beyond the others is kept as `data.quarantined`. */
  readonly quarantined: readonly NodeName[]
  readonly startedAt: string
}

export function readWindow(paths: StatePaths): Promise<LoadWindow | null> {
  return readJsonFile<LoadWindow>(paths.loadWindowFile)
}

export async function saveWindow(paths: StatePaths, window: LoadWindow): Promise<LoadWindow> {
  await writeFileAtomic(paths.loadWindowFile, `${JSON.stringify(window, null, 2)}\n`, { mode: 0o600 })
  return window
}

export async function closeWindow(paths: StatePaths): Promise<void> {
  await rm(paths.loadWindowFile, { force: true })
}

/** Throws LOAD_WINDOW_OPEN: a core that served while its data is being replaced would lose what it acknowledged. */
export async function demandNoWindow(paths: StatePaths): Promise<void> {
  const window = await readWindow(paths)
  if (window !== null) throw windowOpen(window)
}

export function windowOpen({ spec, phase, startedAt }: LoadWindow): CorelabError {
  return corelabError('LOAD_WINDOW_OPEN', {
    message: `An offline load of ${populationName(spec, spec.customers)} was begun and is not finished`,
    detail: `It began at ${startedAt} and got as far as: ${phase}. The core stays down until it is finished or given up.`,
    fix: [
      `corelab users load --count ${spec.customers}   (with the flags it was begun with)`,
      'corelab users load --abandon',
    ],
  })
}
