import type { ComparedSide } from '../../model/bench-comparison.js'
import type { BenchCore } from '../bench/bench-core.js'
import { runScenario } from '../bench/run-scenario.js'
import type { RunWishes } from '../bench/run-wishes.js'
import type { Scenario } from '../scenarios/scenario.js'
import { blockFigures } from './block-figures.js'
import type { CompareSide } from './side.js'

/** A scenario of ours, prepared and verified anew for each block. */
export function scenarioSide(
  scenario: Scenario,
  wishes: RunWishes,
  place: { readonly core: BenchCore; readonly label: string; readonly threadEntry?: URL },
): CompareSide {
  const described: ComparedSide = {
    label: place.label,
    scenario: scenario.name,
    driver: wishes.driver,
    options: wishes.options,
  }
  const options = place.threadEntry === undefined ? {} : { threadEntry: place.threadEntry }
  return {
    described,
    measure: async (index, context) => {
      const ownSeed = { ...wishes, seed: (wishes.seed + index) >>> 0 }
      const result = await runScenario(scenario, ownSeed, place.core, context, options)
      const { noise } = result.attribution
      return {
        startedAt: result.startedAt,
        windowMs: result.load.windowMs,
        figures: blockFigures(result),
        noisyShare: noise && noise.noisy / noise.slices,
        checks: result.checks,
        result,
        notAFigure: result.notAFigure,
      }
    },
  }
}
