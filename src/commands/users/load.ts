import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { dryRunFlag, withVariables } from '../../cli/flags.js'
import { placeToMake } from '../../cli/place.js'
import { loadUsersByWish } from '../../cli/users/load-users.js'
import { populationFlags, wantedPopulation } from '../../cli/users/population-flags.js'

export default class UsersLoad extends BaseCommand<typeof UsersLoad> {
  static override summary = 'Fill the core with a synthetic population'
  static override description =
    'An empty core is stopped, the data of its master is copied and filled beside, then copied for the other nodes; every row of it is compared with the generator, every block of the copies with what was copied, and all of them start again at the position they had: fast, and nothing is replaced before it is proven. A core that has customers goes on serving, and what is missing comes by replication. Stopped or killed at any moment, the same command goes on.'
  static override examples = [
    { description: 'A million customers', command: '<%= config.bin %> users load --count 1M' },
    { description: 'What it would take', command: '<%= config.bin %> users load --count 15M --dry-run' },
    {
      description: 'More of them, while the core serves',
      command: '<%= config.bin %> users load --count 1200000 --append',
    },
    { description: 'Give an unfinished load up', command: '<%= config.bin %> users load --abandon' },
  ]
  static override flags = withVariables({
    ...populationFlags(),
    append: Flags.boolean({ summary: 'Do not stop the core: load through the master' }),
    force: Flags.boolean({ summary: 'Also when a node is down or behind' }),
    abandon: Flags.boolean({
      summary: 'Give an unfinished load up',
      exclusive: ['append', 'force', 'dry-run'],
    }),
    'dry-run': dryRunFlag(),
  })

  protected async answer({ flags, context, terminal }: Input<typeof UsersLoad>): Promise<Answer> {
    const { append, force, abandon, yes } = flags
    const wanted = (customersDefault: number) =>
      wantedPopulation(flags, { customersDefault, emit: context.emit })
    const wishes = { wanted, append, force, abandon, dryRun: flags['dry-run'], yes, terminal }
    return loadUsersByWish({ place: await placeToMake(flags), ...wishes }, context)
  }
}
