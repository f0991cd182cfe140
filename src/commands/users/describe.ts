import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { describeUsers } from '../../cli/users/describe-users.js'
import { populationFlags, wantedPopulation, wholeNumberFlag } from '../../cli/users/population-flags.js'

export default class UsersDescribe extends BaseCommand<typeof UsersDescribe> {
  static override summary = 'Show the distributions of a population and their targets'
  static override description =
    'Institutions, ages, surnames, accounts, balances, activity and numbers, counted from the bytes of the rows. Of a large population a sample from all its parts is read. Needs no project and no server.'
  static override examples = [
    { description: 'As a table', command: '<%= config.bin %> users describe --count 15M' },
    {
      description: 'With plots',
      command: '<%= config.bin %> users describe --count 15M --html population.html',
    },
  ]
  static override flags = withVariables({
    ...populationFlags(),
    sample: wholeNumberFlag({
      summary: 'Read at most so many customers; 100000 without it',
      what: 'a number of customers to read',
      min: 100,
      max: 2_000_000,
    }),
    html: Flags.string({ helpValue: 'FILE', summary: 'Write a report with plots there' }),
  })

  protected async answer({ flags, context }: Input<typeof UsersDescribe>): Promise<Answer> {
    const { sample = 100_000, html: file = null } = flags
    const wanted = wantedPopulation(flags, { customersDefault: 100_000, emit: context.emit })
    return describeUsers({ wanted, sample, file, corelab: this.config.version }, context)
  }
}
