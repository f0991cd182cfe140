import { Args, Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { defaultAccount } from '../cli/connect/client-call.js'
import { connectTo } from '../cli/connect/connect.js'
import { withVariables } from '../cli/flags.js'
import { placeToUse } from '../cli/place.js'

export default class Connect extends BaseCommand<typeof Connect> {
  static override summary = 'Open a client to a component, or print its address'
  static override description =
    'Opens mariadb or redis-cli with its credentials, which never appear on a command line. What follows -- goes to the client.'
  static override examples = [
    { description: 'The node that is master now', command: '<%= config.bin %> connect master' },
    {
      description: 'One statement',
      command: '<%= config.bin %> connect db-2 -- -e "show replica status\\G"',
    },
    { description: 'As the payment subsystem', command: '<%= config.bin %> connect master --as pay' },
    {
      description: 'The address, with its password',
      command: '<%= config.bin %> connect redis --print --reveal',
    },
  ]
  static override strict = false
  static override args = {
    component: Args.string({
      required: true,
      description: 'db-1...db-4, a role (master, shadow, slave-1, slave-2), redis, rabbitmq or subsystems',
      ignoreStdin: true,
    }),
  }
  static override flags = withVariables({
    as: Flags.string({ summary: 'Database account: workload, schema, pay...', default: defaultAccount }),
    print: Flags.boolean({ summary: 'Print the address instead, without the password' }),
    reveal: Flags.boolean({ summary: 'Print the address with the password' }),
  })

  protected async answer({ flags, args, words, stop }: Input<typeof Connect>): Promise<Answer> {
    const place = await placeToUse(flags)
    const { as: account, reveal } = flags
    const print = flags.print || flags.json
    return connectTo(args.component, { place, account, print, reveal, words: words.slice(1), stop })
  }
}
