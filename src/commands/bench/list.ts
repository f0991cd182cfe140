import type { Answer } from '../../cli/answer.js'
import { BaseCommand } from '../../cli/base-command.js'
import { scenarioListAnswer } from '../../cli/render/bench/catalogue.js'
import { scenarioCatalogue } from '../../load/scenarios/catalogue.js'

export default class BenchList extends BaseCommand<typeof BenchList> {
  static override summary = 'Show the scenarios that can be measured'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> bench list' },
    {
      description: 'Their names, for a script',
      command: "<%= config.bin %> bench list --json | jq -r '.data.scenarios[].name'",
    },
  ]

  protected async answer(): Promise<Answer> {
    return scenarioListAnswer(scenarioCatalogue)
  }
}
