import { createHash } from 'node:crypto'
import { canonicalJson } from '../../kit/canonical-json.js'
import type { BenchSettings } from '../../model/bench-result.js'
import type { Prepared, Scenario } from '../scenarios/scenario.js'
import { optionsOf } from '../scenarios/scenario.js'
import type { BenchCore } from './bench-core.js'
import type { RunWishes } from './run-wishes.js'

/**
 * What two runs must have in common. The digest covers what has no field of its own: the scenario's options, ramp, think
 * time, schedule, engine and population; not the length of the run.
 */
export function settingsOf(
  scenario: Scenario,
  wishes: RunWishes,
  core: BenchCore,
  { plan, conditions, driver = wishes.driver }: Pick<Prepared, 'plan' | 'conditions' | 'driver'>,
): BenchSettings {
  const { arrival } = plan
  const rest = {
    scenario: scenario.name,
    options: optionsOf(scenario, wishes),
    ...{ arrival, rampMs: plan.rampMs, lateMaxMs: plan.lateMaxMs },
    ...{ engine: core.engine, database: core.versions.database ?? null, population: core.population },
  }
  return {
    profile: core.profile,
    connections: plan.connections,
    workers: plan.workers,
    driver,
    loop: arrival.loop,
    ratePerSecond: arrival.loop === 'open' ? arrival.ratePerSecond : null,
    ...conditions,
    seed: plan.seed,
    digest: digestOf(rest),
  }
}

/** The same for the same values, whatever the order of their keys. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16)
}
