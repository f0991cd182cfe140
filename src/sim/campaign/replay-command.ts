/** Of each run, unless somebody wants it otherwise. Long enough to come together again after the faults. */
export const defaultSeconds = 60

interface Job {
  readonly seconds: number
  readonly plant: string | null
}

/** What shows one run of a campaign again. */
export function replayCommand(run: Job & { readonly seed: number }): string {
  return `corelab sim replay ${run.seed}${jobFlags(run)}`
}

/** The flags by which a job differs from the usual one, each with a space before it. */
export function jobFlags({ seconds, plant }: Job): string {
  const length = seconds === defaultSeconds ? '' : ` --seconds ${seconds}`
  return plant === null ? length : `${length} --plant ${plant}`
}
