/** Of each run, unless somebody wants it otherwise. Long enough to come together again after the faults. */
export const defaultSeconds = 60

/** What shows one run of a campaign again. */
export function replayCommand(run: {
  readonly seed: number
  readonly seconds: number
  readonly plant: string | null
}): string {
  return [
    `corelab sim replay ${run.seed}`,
    ...(run.seconds === defaultSeconds ? [] : [`--seconds ${run.seconds}`]),
    ...(run.plant === null ? [] : [`--plant ${run.plant}`]),
  ].join(' ')
}
