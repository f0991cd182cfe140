import { Flags } from '@oclif/core'
import { parseDuration } from '../kit/units.js'
import type { ProfileName } from '../model/profile.js'

/** Every flag is also an environment variable: `--port-base` is `CORELAB_FLAG_PORT_BASE`. */
export function flagVariable(name: string): string {
  return `CORELAB_FLAG_${name.toUpperCase().replaceAll('-', '_')}`
}

/** Gives each flag of a command its environment variable. Wrap every `static flags` in it. */
export function withVariables<T extends Record<string, { env?: string }>>(flags: T): T {
  for (const [name, flag] of Object.entries(flags)) flag.env = flagVariable(name)
  return flags
}

const group = { helpGroup: 'GLOBAL' } as const

/** The flags that mean the same for every command. */
export const globalFlags = withVariables({
  env: Flags.string({ char: 'e', helpValue: 'NAME', summary: 'Environment to work on', ...group }),
  project: Flags.string({ char: 'C', helpValue: 'DIR', summary: 'Folder of the project', ...group }),
  json: Flags.boolean({ summary: 'Answer as one JSON object', ...group }),
  stream: Flags.boolean({
    summary: 'With --json: events as JSON Lines first',
    dependsOn: ['json'],
    ...group,
  }),
  yes: Flags.boolean({ char: 'y', summary: 'Confirm everything', ...group }),
  'no-input': Flags.boolean({ summary: 'Never ask; fail instead', ...group }),
  quiet: Flags.boolean({ char: 'q', summary: 'No progress', exclusive: ['verbose'], ...group }),
  verbose: Flags.boolean({ char: 'v', summary: 'More progress', ...group }),
  debug: Flags.boolean({ summary: 'Stack traces of errors', ...group }),
  'no-color': Flags.boolean({ summary: 'No colours', ...group }),
  plain: Flags.boolean({ summary: 'Plain lines even on a terminal', ...group }),
  timeout: durationFlag({ summary: 'Give up after this long, e.g. 90s or 5m', ...group }),
})

/** For the commands where a rehearsal has a meaning. */
export const dryRunFlag = () =>
  Flags.boolean({ char: 'n', summary: 'Show what would be done, and do nothing' })

export const profileFlag = () =>
  Flags.option({
    options: ['tiny', 'small', 'full'] as const satisfies readonly ProfileName[],
    summary: 'How much of the machine to use: tiny fits 2 GiB, full is for benchmarks',
  })()

/** A flag whose value is a duration; parsed to milliseconds. */
export function durationFlag(options: { readonly summary: string; readonly helpGroup?: string }) {
  return Flags.custom<number>({
    helpValue: 'DURATION',
    parse: async (text) => {
      const durationMs = parseDuration(text)
      if (durationMs === null) throw new Error(`"${text}" is not a duration; write for example 90s, 5m or 1h`)
      return durationMs
    },
    ...options,
  })()
}
