import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { withVariables } from '../cli/flags.js'
import { playKitchenSink } from '../cli/kitchen-sink.js'

export default class KitchenSink extends BaseCommand<typeof KitchenSink> {
  static override summary = 'Show every kind of progress in every state'
  static override hidden = true
  static override flags = withVariables({
    pace: Flags.integer({ summary: 'Milliseconds between two scenes', default: 1200, min: 0 }),
  })

  protected async answer({ flags, context }: Input<typeof KitchenSink>): Promise<Answer> {
    await playKitchenSink({ paceMs: flags.pace }, context)
    return { data: { shown: true }, lines: () => ['That was everything.'] }
  }
}
