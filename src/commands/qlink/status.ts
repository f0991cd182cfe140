import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { placeToUse } from '../../cli/place.js'
import { qlinkStatusAnswer } from '../../cli/render/qlink/status.js'
import { reportQlink } from '../../cluster/qlink/inspect/log-view.js'

export default class QlinkStatusCommand extends BaseCommand<typeof QlinkStatusCommand> {
  static override summary = 'Show whom qlink acknowledges, and what its log holds'
  static override description =
    'Works while qlink is down, too: then with what its files say. Exit status 1 when it is down, or commits wait for it.'
  static override examples = [
    { description: 'One look', command: '<%= config.bin %> qlink status' },
    {
      description: 'How many commits share one sync',
      command: "<%= config.bin %> qlink status --json | jq '.data.status.counters'",
    },
  ]

  protected async answer({ flags }: Input<typeof QlinkStatusCommand>): Promise<Answer> {
    const place = await placeToUse(flags)
    return qlinkStatusAnswer(await reportQlink(place), place.env)
  }
}
