import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { placeToUse } from '../../cli/place.js'
import { qlinkVerifyAnswer } from '../../cli/render/qlink/verify.js'
import { openLogView } from '../../cluster/qlink/inspect/log-view.js'
import { verifyLog } from '../../cluster/qlink/inspect/verify-log.js'

export default class QlinkVerify extends BaseCommand<typeof QlinkVerify> {
  static override summary = "Check every byte of qlink's log and journal"
  static override description =
    'The checksum of each event, each index against its segment, each segment against the one before, each record of the epoch journal. Reads only, also while qlink runs. Exit status 1 when something is damaged; each place is named.'
  static override examples = [
    { description: 'Is all of it whole?', command: '<%= config.bin %> qlink verify' },
    {
      description: 'The places, for a script',
      command: "<%= config.bin %> qlink verify --json | jq '.data.damages'",
    },
  ]

  protected async answer({ flags, context }: Input<typeof QlinkVerify>): Promise<Answer> {
    const place = await placeToUse(flags)
    return qlinkVerifyAnswer(await verifyLog(await openLogView(place), context), place.env)
  }
}
