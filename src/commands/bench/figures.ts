import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { benchFigures } from '../../cli/bench/figures.js'
import { durationFlag, withVariables } from '../../cli/flags.js'
import { referenceUsers } from '../../load/reference-platform.js'

export default class BenchFigures extends BaseCommand<typeof BenchFigures> {
  static override summary = 'The reference table: published, this host, per core'
  static override description =
    'Measures reads, durable writes and the customer system at 200 clients, one after the other, and sets them beside the published figures. What another host would do is projected from the same runs: in a table of its own, marked with ~, for the host of --target or an example. Exit status 1 when one of the runs is no figure.'
  static override examples = [
    { description: 'The table', command: '<%= config.bin %> bench figures' },
    {
      description: 'Projected to a host of yours',
      command: '<%= config.bin %> bench figures --target host.yaml',
    },
  ]
  static override flags = withVariables({
    connections: Flags.integer({
      char: 'c',
      summary: 'Clients at the same time',
      default: referenceUsers,
      min: 1,
      max: 5000,
    }),
    workers: Flags.integer({ summary: 'Threads of the load; 1 without it', min: 1, max: 64 }),
    duration: durationFlag({ summary: 'Window of each run; 10s without it' }),
    'warm-up': durationFlag({ summary: 'Before each window, not measured; 2s without it' }),
    seed: Flags.integer({ summary: 'The same seed draws the same keys', min: 0, max: 4_294_967_295 }),
    target: Flags.string({ helpValue: 'FILE', summary: 'Host to project to, YAML; an example without it' }),
    report: Flags.string({ summary: 'Folder for the report', helpValue: 'DIR' }),
  })

  protected async answer({ flags, context }: Input<typeof BenchFigures>): Promise<Answer> {
    const { target = null, report = null } = flags
    return benchFigures({ ...flags, place: flags, target, report }, context)
  }
}
