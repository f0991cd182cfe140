import type { Answer } from '../../cli/answer.js'
import { BaseCommand } from '../../cli/base-command.js'
import { drillListAnswer } from '../../cli/render/drills/catalogue.js'
import { drillCatalogue } from '../../drills/catalogue/catalogue.js'

export default class DrillsList extends BaseCommand<typeof DrillsList> {
  static override summary = 'Show all drills, and what each of them shows'
  static override examples = [
    { description: 'All of them', command: '<%= config.bin %> drills list' },
    {
      description: 'Their names, for a script',
      command: "<%= config.bin %> drills list --json | jq -r '.data.drills[].name'",
    },
  ]

  protected async answer(): Promise<Answer> {
    return drillListAnswer(drillCatalogue)
  }
}
