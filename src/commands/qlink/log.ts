import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { parseLogBound } from '../../cli/qlink/log-bound.js'
import { followQlinkLog, showQlinkLog } from '../../cli/qlink/show-log.js'

export default class QlinkLog extends BaseCommand<typeof QlinkLog> {
  static override summary = "List the transactions of qlink's log"
  static override description =
    'Only what is on the disk, so everything that may have been answered OK. Times are UTC, by the clock of the master.'
  static override examples = [
    { description: 'The newest ones', command: '<%= config.bin %> qlink log' },
    { description: 'From a transaction on', command: '<%= config.bin %> qlink log --from 0-1-1234' },
    { description: 'Of the last five minutes', command: '<%= config.bin %> qlink log --from 5m' },
    { description: 'As they come', command: '<%= config.bin %> qlink log --follow --limit 0' },
  ]
  static override flags = withVariables({
    from: Flags.string({ helpValue: 'GTID|TIME', summary: 'Begin here: 0-1-1234, an ISO time, or 5m ago' }),
    limit: Flags.integer({ summary: 'How many', default: 20, min: 0, max: 1_000_000 }),
    follow: Flags.boolean({ char: 'f', summary: 'Go on with new ones until Ctrl+C' }),
  })

  protected async answer({ flags, context }: Input<typeof QlinkLog>): Promise<Answer> {
    const { limit, follow, json } = flags
    const from = flags.from === undefined ? null : parseLogBound(flags.from, context.clock.wallMs())
    const options = { place: await placeToUse(flags), from, limit }
    if (!follow) return showQlinkLog(options)
    const write = (text: string) => process.stdout.write(text)
    return followQlinkLog({ ...options, write, json }, context)
  }
}
