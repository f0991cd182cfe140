import { join } from 'node:path'
import { pathsOf } from '../../cluster/environment-store.js'
import type { Context } from '../../kit/context.js'
import { coreOfEnvironment } from '../../load/bench/core-of-environment.js'
import { runScenario } from '../../load/bench/run-scenario.js'
import { defaultWishes } from '../../load/bench/run-wishes.js'
import { saveResult } from '../../load/bench/save-result.js'
import { findScenario } from '../../load/scenarios/catalogue.js'
import type { BenchResult } from '../../model/bench-result.js'
import type { PlaceFlags } from '../place.js'
import { placeToUse } from '../place.js'
import { saveLeftRuns, withRunUnderWay } from './runs-under-way.js'

/** The scenarios that need nothing but databases. */
const scenarios = ['db-read', 'db-write']

/**
 * Runs reads and writes at several numbers of connections on the running core, and saves each result like `bench run`.
 * Throws what running a scenario throws.
 */
export async function measureLevels(
  wishes: {
    readonly place: PlaceFlags
    readonly levels: readonly number[]
    readonly durationMs: number
    readonly seed: number
  },
  context: Context,
): Promise<readonly BenchResult[]> {
  const ref = await placeToUse(wishes.place)
  const { durationMs, seed } = wishes
  const results: BenchResult[] = []
  const shelf = join(pathsOf(ref).reportsDir, 'bench')
  await saveLeftRuns(shelf, context)
  for (const name of scenarios) {
    for (const connections of wishes.levels) {
      const command = `corelab bench run ${name} --connections ${connections} --duration ${durationMs}ms --seed ${seed}`
      // A core may have changed its master since the last run.
      const core = await coreOfEnvironment(ref, context)
      const run = { ...defaultWishes, connections, durationMs, seed, command }
      const result = await withRunUnderWay(shelf, context, async (underWay) => {
        const measured = await runScenario(findScenario(name), run, core, context, { underWay })
        await saveResult(measured, join(shelf, measured.id))
        return measured
      })
      results.push(result)
      if (context.signal.aborted) return results
    }
  }
  return results
}
