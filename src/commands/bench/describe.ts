import { Args } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { scenarioAnswer } from '../../cli/render/bench/catalogue.js'
import { findScenario } from '../../load/scenarios/catalogue.js'

export default class BenchDescribe extends BaseCommand<typeof BenchDescribe> {
  static override summary = 'Say what a scenario measures, and its options'
  static override examples = [
    { description: 'Point reads', command: '<%= config.bin %> bench describe db-read' },
  ]
  static override args = {
    name: Args.string({ description: 'As in `bench list`', required: true, ignoreStdin: true }),
  }

  protected async answer({ args }: Input<typeof BenchDescribe>): Promise<Answer> {
    return scenarioAnswer(findScenario(args.name))
  }
}
