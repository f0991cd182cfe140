import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { durationFlag, withVariables } from '../../cli/flags.js'
import { parseSeed, plantFlag, secondsFlag } from '../../cli/sim/flags.js'
import { replaySeed } from '../../cli/sim/replay-seed.js'

export default class SimReplay extends BaseCommand<typeof SimReplay> {
  static override summary = 'Tell what happens in one simulated run'
  static override description =
    'The same seed is the same run on every machine: the same events in the same order, and the same hash. Shows the last lines before the violation, or before the end. Exit status 1 when something is violated.'
  static override examples = [
    { description: 'The end of a run', command: '<%= config.bin %> sim replay 392' },
    { description: 'From its beginning', command: '<%= config.bin %> sim replay 392 --story | less' },
    {
      description: 'What a planted bug does',
      command: '<%= config.bin %> sim replay 2 --plant timeout-fallback',
    },
    { description: 'The first ten seconds', command: '<%= config.bin %> sim replay 392 --until 10s' },
  ]
  static override args = {
    seed: Args.string({ description: 'As a campaign names it', required: true, ignoreStdin: true }),
  }
  static override flags = withVariables({
    seconds: secondsFlag(),
    plant: plantFlag(),
    until: durationFlag({ summary: 'End at this virtual time, unjudged' }),
    story: Flags.boolean({ summary: 'The whole story', exclusive: ['lines'] }),
    lines: Flags.integer({ summary: 'So many lines of it', default: 40, min: 0, max: 1_000_000 }),
  })

  protected async answer({ flags, args }: Input<typeof SimReplay>): Promise<Answer> {
    const { seconds, plant = null, until: untilMs = null, story, lines } = flags
    return replaySeed({ seed: parseSeed(args.seed), seconds, plant, untilMs, lines: story ? null : lines })
  }
}
