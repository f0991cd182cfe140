import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { historyAnswer } from '../../cli/render/cluster/history.js'
import { pathsOf } from '../../cluster/environment-store.js'
import { readHistory } from '../../cluster/history.js'

export default class ClusterHistory extends BaseCommand<typeof ClusterHistory> {
  static override summary = 'Show every epoch: who was master, and how it ended'
  static override description =
    'Works on a stopped core, too. Times are UTC. An epoch number that was used up and never had a master is named with the next epoch.'
  static override examples = [
    { description: 'The last epochs', command: '<%= config.bin %> cluster history' },
    {
      description: 'How long nobody could write, per change',
      command: "<%= config.bin %> cluster history --json | jq '.data.epochs[].change.closedMs'",
    },
  ]
  static override flags = withVariables({
    limit: Flags.integer({ summary: 'How many epochs', default: 10, min: 1 }),
  })

  protected async answer({ flags }: Input<typeof ClusterHistory>): Promise<Answer> {
    const place = await placeToUse(flags)
    return historyAnswer(await readHistory(pathsOf(place).dir), { limit: flags.limit, env: place.env })
  }
}
