import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { variablesAnswer } from '../cli/environment-variables.js'
import { withVariables } from '../cli/flags.js'
import { placeToUse } from '../cli/place.js'
import { readEndpoints } from '../cluster/endpoints.js'

export default class Env extends BaseCommand<typeof Env> {
  static override summary = 'Print addresses and credentials as KEY=VALUE lines'
  static override description =
    'The output holds passwords: it is meant for a shell or a program, not for a log.'
  static override examples = [
    { description: 'Into this shell', command: 'eval "$(<%= config.bin %> env --export)"' },
    { description: 'Into a file for a program', command: '(umask 077; <%= config.bin %> env > .env)' },
  ]
  static override flags = withVariables({
    export: Flags.boolean({ summary: 'Write `export` before each line' }),
  })

  protected async answer({ flags }: Input<typeof Env>): Promise<Answer> {
    const place = await placeToUse(flags)
    return variablesAnswer(await readEndpoints(place), { exported: flags.export, env: place.env })
  }
}
