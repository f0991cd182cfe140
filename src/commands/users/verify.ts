import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { namesPopulation, populationFlags, wantedPopulation } from '../../cli/users/population-flags.js'
import { threadsToUse, workersFlag } from '../../cli/users/threads.js'
import { verifyUsers } from '../../cli/users/verify-users.js'
import { profiles } from '../../model/profile.js'

export default class UsersVerify extends BaseCommand<typeof UsersVerify> {
  static override summary = 'Prove the loaded population, row by row, on all nodes'
  static override description =
    'Every row on every serving node is compared with what the generator makes, by digests; where one differs, the row and the column are found. Then references, routes, vouchers and identity numbers are checked in SQL. Postings are taken back, so it works after the accounts were used, and while service goes on. Without flags: the population that the environment says it holds. Exit status 1 when anything differs.'
  static override examples = [
    { description: 'Is everything there, and right?', command: '<%= config.bin %> users verify' },
    {
      description: 'For a script',
      command: '<%= config.bin %> users verify --json | jq .data.differences',
    },
  ]
  static override flags = withVariables({ ...populationFlags(), workers: workersFlag() })

  protected async answer({ flags, context }: Input<typeof UsersVerify>): Promise<Answer> {
    const place = await placeToUse(flags)
    const customersDefault = profiles.small.customersDefault
    const spec = namesPopulation(flags)
      ? wantedPopulation(flags, { customersDefault, emit: context.emit }).spec
      : null
    return verifyUsers({ place, spec, workers: threadsToUse(flags.workers) }, context)
  }
}
