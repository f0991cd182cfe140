import { Args, Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { durationFlag, withVariables } from '../cli/flags.js'
import { followLogs, showLogs } from '../cli/logs/show-logs.js'
import { placeToUse } from '../cli/place.js'

export default class Logs extends BaseCommand<typeof Logs> {
  static override summary = "Show the servers' own logs, merged by time"
  static override examples = [
    { description: 'The last lines of everything', command: '<%= config.bin %> logs' },
    { description: 'Watch two nodes', command: '<%= config.bin %> logs db-1 db-2 --follow' },
    { description: 'The last five minutes', command: '<%= config.bin %> logs --since 5m --tail 1000' },
  ]
  static override strict = false
  static override args = {
    component: Args.string({
      description: 'Names as in `status`, or keeper; all without one',
      ignoreStdin: true,
    }),
  }
  static override flags = withVariables({
    follow: Flags.boolean({ char: 'f', summary: 'Go on with new lines until Ctrl+C' }),
    since: durationFlag({ summary: 'Only lines of this last time, e.g. 5m' }),
    tail: Flags.integer({ summary: 'How many lines of the past', default: 50, min: 0, max: 10_000 }),
  })

  protected async answer({ flags, words, context, terminal }: Input<typeof Logs>): Promise<Answer> {
    const place = await placeToUse(flags)
    const options = { place, components: words, tail: flags.tail, sinceMs: flags.since ?? null }
    if (!flags.follow) return showLogs(options, context)
    const write = (text: string) => process.stdout.write(text)
    return followLogs({ ...options, write, screen: flags.json ? null : terminal.stdout }, context)
  }
}
