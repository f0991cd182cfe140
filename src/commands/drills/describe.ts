import { Args } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { drillAnswer } from '../../cli/render/drills/catalogue.js'
import { findDrill } from '../../drills/catalogue/catalogue.js'

export default class DrillsDescribe extends BaseCommand<typeof DrillsDescribe> {
  static override summary = 'Show what a drill does, step by step, and what must hold'
  static override examples = [
    { description: 'By name or by number', command: '<%= config.bin %> drills describe kill-master' },
  ]
  static override args = {
    name: Args.string({
      description: 'Name or number, as in `drills list`',
      required: true,
      ignoreStdin: true,
    }),
  }

  protected async answer({ args }: Input<typeof DrillsDescribe>): Promise<Answer> {
    return drillAnswer(findDrill(args.name))
  }
}
