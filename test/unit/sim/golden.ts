import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../src/project/package-root.js'
import { plants } from '../../../src/sim/plant/plants.js'

interface Golden {
  readonly runs: readonly { readonly seed: number; readonly hash: string }[]
  readonly plants: Readonly<Record<string, { readonly seed: number; readonly invariant: string }>>
}

/** Whatever changes the order of events changes it on purpose: `node scripts/sim-golden.mjs` writes it anew. */
const golden = JSON.parse(
  readFileSync(join(packageRoot, 'test', 'unit', 'sim', 'golden.json'), 'utf8'),
) as Golden

export const goldenRuns = golden.runs

export const aGoldenRun = golden.runs[0]!

/** Every planted bug, with the first seed that gives it away. */
export const goldenPlants = Object.entries(plants).map(([name, plant]) => ({
  name,
  plant,
  ...(golden.plants[name] ?? { seed: 0, invariant: 'not found yet' }),
}))
