import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { populationFlags, wantedPopulation, wholeNumberFlag } from '../../cli/users/population-flags.js'
import { sampleUsers } from '../../cli/users/sample-users.js'
import { openedCustomerIdBase } from '../../model/sub-tables.js'
import { customersMax } from '../../population/population.js'

export default class UsersSample extends BaseCommand<typeof UsersSample> {
  static override summary = 'Show single customers of a population, recomputed'
  static override description =
    'Every row is a function of seed and row number: any of them is there at once, without a database and without the rows before it. What is shown is what `users load` puts into a core.'
  static override examples = [
    { description: 'By customer number', command: '<%= config.bin %> users sample --id 1007312345' },
    { description: 'By row', command: '<%= config.bin %> users sample --row 7312345' },
    {
      description: 'Three of one institution, for a script',
      command: '<%= config.bin %> users sample --count 3 --entity E07 --json | jq .data.customers',
    },
  ]
  static override flags = withVariables({
    ...populationFlags(),
    count: wholeNumberFlag({
      summary: 'So many customers; 1 without it',
      what: 'a number of customers to show',
      max: 1000,
    }),
    id: wholeNumberFlag({
      summary: 'This customer number',
      what: 'a customer number',
      min: 0,
      max: openedCustomerIdBase - 1,
    }),
    row: wholeNumberFlag({
      summary: 'This row, from 0',
      what: 'a row',
      min: 0,
      max: customersMax - 1,
    }),
    entity: Flags.string({ helpValue: 'E07', summary: 'Customers of this institution' }),
  })

  protected async answer({ flags, context }: Input<typeof UsersSample>): Promise<Answer> {
    const { id = null, row = null, count = 1, entity = null } = flags
    const options = { customersDefault: customersMax, emit: context.emit }
    const { count: _shown, ...source } = flags
    return sampleUsers({ wanted: wantedPopulation(source, options), id, row, count, entity })
  }
}
