import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { changeAnswer } from '../../cli/render/cluster/change.js'
import { failover } from '../../cluster/change-master.js'

export default class ClusterFailover extends BaseCommand<typeof ClusterFailover> {
  static override summary = 'Give up the master at once: the best node takes over'
  static override description =
    "What the keeper does by itself when the master is dead, at your wish: transactions in flight are cut, nothing acknowledged is lost, the old master's process is ended and brought back as a replica. For a planned change, corelab cluster switchover cuts nothing."
  static override examples = [
    { description: 'Now', command: '<%= config.bin %> cluster failover' },
    {
      description: 'With a reason for the history',
      command: '<%= config.bin %> cluster failover --reason "its disk is slow"',
    },
  ]
  static override flags = withVariables({
    reason: Flags.string({ helpValue: 'TEXT', summary: 'What the history will say' }),
  })

  protected async answer({ flags, context }: Input<typeof ClusterFailover>): Promise<Answer> {
    return changeAnswer(await failover(await placeToUse(flags), flags.reason ?? null, context))
  }
}
