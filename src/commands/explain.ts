import { Args } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { explainCode, listCodes } from '../cli/explain.js'

export default class Explain extends BaseCommand<typeof Explain> {
  static override summary = 'Explain an error code: why it happens, what to do'
  static override examples = [
    { description: 'What does this code mean?', command: '<%= config.bin %> explain PORT_IN_USE' },
    { description: 'All codes', command: '<%= config.bin %> explain' },
  ]
  static override args = {
    code: Args.string({ description: 'Error code; without it, all are listed', ignoreStdin: true }),
  }

  protected async answer({ args }: Input<typeof Explain>): Promise<Answer> {
    return args.code === undefined ? listCodes() : explainCode(args.code)
  }
}
