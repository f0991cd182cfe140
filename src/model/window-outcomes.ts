import type { BenchLoad, Outcomes } from './bench-result.js'

/** What ended within the measured window, all classes together. `total` of a load is more: warm-up and drain are in it. */
export function windowOutcomes({ classes }: Pick<BenchLoad, 'classes'>): Outcomes {
  const sum = (of: (each: Outcomes) => number) => classes.reduce((total, each) => total + of(each), 0)
  return {
    ok: sum(({ ok }) => ok),
    failed: sum(({ failed }) => failed),
    unknown: sum(({ unknown }) => unknown),
  }
}

/** Operations of the window that did not end OK. */
export function windowErrors(load: Pick<BenchLoad, 'classes'>): number {
  const { failed, unknown } = windowOutcomes(load)
  return failed + unknown
}
