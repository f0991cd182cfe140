import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { placeToUse } from '../../cli/place.js'
import { verifyAnswer } from '../../cli/render/cluster/verify.js'
import { callKeeper } from '../../cluster/keeper-call.js'

export default class ClusterVerify extends BaseCommand<typeof ClusterVerify> {
  static override summary = 'Compare every row on every node, while the core serves'
  static override description =
    'All nodes at one position: columns and rows of every table, transactions that only one node has, the settings on which an acknowledgement stands, and the log of qlink. Writes go on; each replica stands for the moment in which it is brought to the position. Exit status 1 when anything differs.'
  static override examples = [
    { description: 'Is every node the same?', command: '<%= config.bin %> cluster verify' },
    {
      description: 'For a script',
      command: '<%= config.bin %> cluster verify --json | jq .data.differences',
    },
  ]

  protected async answer({ flags, context }: Input<typeof ClusterVerify>): Promise<Answer> {
    const place = await placeToUse(flags)
    return verifyAnswer(await callKeeper(place, context, (keeper) => keeper.verify()), place.env)
  }
}
