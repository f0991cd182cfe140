import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { askedPopulation, populationFlags } from '../../cli/users/population-flags.js'
import { threadsToUse, workersFlag } from '../../cli/users/threads.js'
import { verifyUsers } from '../../cli/users/verify-users.js'

export default class UsersVerify extends BaseCommand<typeof UsersVerify> {
  static override summary = 'Prove the loaded population, row by row, on all nodes'
  static override description =
    'Every row on every serving node is compared with what the generator makes, by digests; where one differs, the row and the column are found. Then references, routes, vouchers and identity numbers are checked in SQL. Postings are taken back, so it works after the accounts were used, and while service goes on. What no flag says is as the environment says that it holds it. Exit status 1 when anything differs, 5 when nothing does, but a node does not serve and was not compared.'
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
    const workers = threadsToUse(flags.workers)
    return verifyUsers({ place, asked: askedPopulation(flags), workers }, context)
  }
}
