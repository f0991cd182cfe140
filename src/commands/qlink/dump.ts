import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { dumpTo } from '../../cli/qlink/dump-to.js'
import { parseLogBound } from '../../cli/qlink/log-bound.js'

export default class QlinkDump extends BaseCommand<typeof QlinkDump> {
  static override summary = "Write a part of qlink's log as a binlog file"
  static override description =
    'For mariadb-binlog and the like. Without bounds the whole log. Every event is verified on the way. Exit status 1 when no transaction is in that part.'
  static override examples = [
    {
      description: 'One transaction, readable',
      command: '<%= config.bin %> qlink dump --gtid 0-1-1234 | mariadb-binlog -v -',
    },
    {
      description: 'A quarter of an hour, into a file',
      command: '<%= config.bin %> qlink dump --from 30m --to 15m --out part.binlog',
    },
  ]
  static override flags = withVariables({
    gtid: Flags.string({ helpValue: 'GTID', summary: 'This transaction only', exclusive: ['from', 'to'] }),
    from: Flags.string({ helpValue: 'GTID|TIME', summary: 'Begin here: 0-1-1234, an ISO time, or 5m ago' }),
    to: Flags.string({ helpValue: 'GTID|TIME', summary: 'End here; it belongs to the part' }),
    out: Flags.string({ helpValue: 'FILE', summary: 'Write to this file; stdout without it' }),
  })

  protected async answer({ flags, context }: Input<typeof QlinkDump>): Promise<Answer> {
    const { signal, clock } = context
    const bound = (text: string | undefined) =>
      text === undefined ? null : parseLogBound(text, clock.wallMs())
    const selection = { from: bound(flags.gtid ?? flags.from), to: bound(flags.gtid ?? flags.to) }
    const { json, out: file = null } = flags
    const place = await placeToUse(flags)
    return dumpTo({ place, selection, file, json, stdout: process.stdout, signal })
  }
}
