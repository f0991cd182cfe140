/** What the exit status of `corelab` means; the same table stands in README.md and in `--help`. */
export const exitCodes = {
  ok: 0,
  negative: 1,
  usage: 2,
  environment: 3,
  failed: 4,
  inconclusive: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
