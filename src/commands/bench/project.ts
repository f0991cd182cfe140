import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { levelsFlag } from '../../cli/bench/levels-flag.js'
import { backTestAnswer, exampleTargetAnswer, projectFigures } from '../../cli/bench/project.js'
import { durationFlag, withVariables } from '../../cli/flags.js'

export default class BenchProject extends BaseCommand<typeof BenchProject> {
  static override strict = false
  static override summary = 'Say what another host would do, with an interval'
  static override description =
    'Takes the CPU per operation that runs measured here, how fast a core of the target is, and published growth of that demand with cores, and draws many targets from what is not known. Says the limit that binds, how many cores the published figures need, and which measurement would narrow the answer most. What is projected is marked with ~ and never stands among what was measured.'
  static override examples = [
    {
      description: 'Describe the target',
      command: '<%= config.bin %> bench project --example > host.yaml',
    },
    {
      description: 'From all saved results',
      command: '<%= config.bin %> bench project --target host.yaml',
    },
    {
      description: 'Measure reads and writes at four levels first',
      command: '<%= config.bin %> bench project --target host.yaml --measure 1,8,50,200',
    },
    {
      description: 'How well the method predicts published rows',
      command: '<%= config.bin %> bench project --back-test',
    },
  ]
  static override args = {
    results: Args.string({
      description: 'Results or their folders; all saved ones without',
      ignoreStdin: true,
    }),
  }
  static override flags = withVariables({
    target: Flags.string({ helpValue: 'FILE', summary: 'Description of the target host, YAML' }),
    here: Flags.string({ helpValue: 'FILE', summary: 'Calibration of the host of the results' }),
    measure: levelsFlag(),
    duration: durationFlag({ summary: 'With --measure: window of each run; 5s without it' }),
    seed: Flags.integer({
      summary: 'The same seed gives the same answer',
      default: 1,
      min: 0,
      max: 4_294_967_295,
    }),
    draws: Flags.integer({ summary: 'Draws of what is not known', default: 4000, min: 200, max: 100_000 }),
    example: Flags.boolean({ summary: 'Print a target file with every key' }),
    'back-test': Flags.boolean({ summary: 'Predict published rows instead' }),
  })

  protected async answer({ flags, words, context }: Input<typeof BenchProject>): Promise<Answer> {
    if (flags.example) return exampleTargetAnswer()
    if (flags['back-test']) return backTestAnswer()
    const { target = null, here = null, measure = null, duration: durationMs = 5000, seed, draws } = flags
    return projectFigures(
      { place: flags, results: words, target, here, measure, durationMs, seed, draws },
      context,
    )
  }
}
