import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { confirm } from '../../cli/confirm.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { changeAnswer } from '../../cli/render/cluster/change.js'
import { forEnv } from '../../cli/render/next-steps.js'
import { failover } from '../../cluster/change-master.js'

const force = 'corelab cluster failover --force-with-possible-loss'

export default class ClusterFailover extends BaseCommand<typeof ClusterFailover> {
  static override summary = 'Give up the master at once: the best node takes over'
  static override description =
    "What the keeper does by itself when the master is dead, at your wish: transactions in flight are cut, nothing acknowledged is lost, the old master's process is ended and brought back as a replica. For a planned change, corelab cluster switchover cuts nothing. With --force-with-possible-loss also when qlink's log is gone or damaged: a new log begins, on the master if it still answers, which loses nothing, else on the node with the longest history; what only the old log had is lost. The old log is kept, and the history says who did it and why."
  static override examples = [
    { description: 'Now', command: '<%= config.bin %> cluster failover' },
    {
      description: 'With a reason for the history',
      command: '<%= config.bin %> cluster failover --reason "its disk is slow"',
    },
    { description: 'When qlink has lost its log', command: `${force} --reason "its disk died"` },
  ]
  static override flags = withVariables({
    reason: Flags.string({ helpValue: 'TEXT', summary: 'What the history will say' }),
    'force-with-possible-loss': Flags.boolean({
      summary: "Go on without qlink's log, when it cannot be used",
    }),
  })

  protected async answer({ flags, context, terminal }: Input<typeof ClusterFailover>): Promise<Answer> {
    const place = await placeToUse(flags)
    const acceptLoss = flags['force-with-possible-loss']
    if (acceptLoss)
      await confirm("Go on without qlink's log? Without a living master, acknowledged writes can be lost.", {
        yes: flags.yes,
        terminal,
        signal: context.signal,
        command: forEnv(`${force} --yes`, place.env),
      })
    return changeAnswer(await failover(place, { reason: flags.reason ?? null, acceptLoss }, context))
  }
}
