import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { profileFlag, withVariables } from '../cli/flags.js'
import { runDemo } from '../cli/run-demo.js'

export default class Demo extends BaseCommand<typeof Demo> {
  static override summary = 'The tour: start, load, kill the master, prove, measure'
  static override description =
    'Makes a project in ./corelab-demo unless you are in one, starts the core, loads customers and accounts, runs transfers, kills the master under that load, waits for the failover, checks that no acknowledged write was lost and that money was conserved, measures, and writes a report. Exit status 0 when all checks hold, 1 when one is violated, 5 when it could not be judged.'
  static override examples = [
    { description: 'The tour, a few minutes', command: '<%= config.bin %> demo' },
    { description: 'With a million customers', command: '<%= config.bin %> demo --users 1000000' },
    { description: 'Stop the core afterwards', command: '<%= config.bin %> demo --no-keep' },
  ]
  static override flags = withVariables({
    users: Flags.integer({
      summary: 'Customers to load; the number of the profile without it',
      min: 1000,
      max: 20_000_000,
    }),
    profile: profileFlag(),
    seed: Flags.integer({
      summary: 'The same seed gives the same customers and transfers',
      min: 0,
      max: 4_294_967_295,
    }),
    keep: Flags.boolean({ summary: 'Leave the core running at the end', default: true, allowNo: true }),
  })

  protected async answer({ flags, context }: Input<typeof Demo>): Promise<Answer> {
    const { users = null, profile = null, seed = null, keep } = flags
    const command = ['corelab', 'demo', ...this.argv].join(' ')
    return runDemo({ place: flags, users, profile, seed, keepRunning: keep, command }, context)
  }
}
