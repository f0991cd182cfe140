import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { changeAnswer } from '../../cli/render/cluster/change.js'
import { switchover } from '../../cluster/change-master.js'
import { nodeNames } from '../../model/node.js'

export default class ClusterSwitchover extends BaseCommand<typeof ClusterSwitchover> {
  static override summary = 'Let another node take the writes; no transaction fails'
  static override description =
    'Routers hold new transactions while those in flight end and the next master catches up; then the epoch is sealed and the next one opened. Refused, with nothing changed, when it would not be short: a long transaction, lag, a replica that does not replicate.'
  static override examples = [
    { description: 'To the shadow', command: '<%= config.bin %> cluster switchover' },
    { description: 'To a node of your choice', command: '<%= config.bin %> cluster switchover --to db-3' },
  ]
  static override flags = withVariables({
    to: Flags.option({ options: nodeNames, summary: 'The next master; the shadow without it' })(),
  })

  protected async answer({ flags, context }: Input<typeof ClusterSwitchover>): Promise<Answer> {
    return changeAnswer(await switchover(await placeToUse(flags), flags.to ?? null, context))
  }
}
