import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { confirm } from '../cli/confirm.js'
import { withVariables } from '../cli/flags.js'
import { placeToUse } from '../cli/place.js'
import { downAnswer } from '../cli/render/down.js'
import { forEnv } from '../cli/render/next-steps.js'
import { takeDown } from '../cluster/down.js'

export default class Down extends BaseCommand<typeof Down> {
  static override summary = 'Stop the core; its data stays unless --volumes is given'
  static override description = 'Safe to run again. Also tidies up what a crash left behind.'
  static override examples = [
    { description: 'Stop, and go on later with the same data', command: '<%= config.bin %> down' },
    { description: 'Stop and delete the data', command: '<%= config.bin %> down --volumes' },
    { description: 'The same in a script', command: '<%= config.bin %> down --volumes --yes' },
  ]
  static override flags = withVariables({
    volumes: Flags.boolean({ summary: 'Delete data, logs, secrets and reports too' }),
  })

  protected async answer({ flags, context, terminal }: Input<typeof Down>): Promise<Answer> {
    const place = await placeToUse(flags)
    if (flags.volumes) {
      await confirm(`Delete all data of environment "${place.env}" in ${place.project.dir}?`, {
        yes: flags.yes,
        terminal,
        signal: context.signal,
        command: forEnv('corelab down --volumes --yes', place.env),
      })
    }
    return downAnswer(await takeDown({ ...place, deleteVolumes: flags.volumes }, context), place.env)
  }
}
