import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { generateUsers } from '../../cli/users/generate-users.js'
import { populationFlags, wantedPopulation } from '../../cli/users/population-flags.js'
import { threadsToUse, workersFlag } from '../../cli/users/threads.js'
import { fileFormats } from '../../population/files/file-format.js'

export default class UsersGenerate extends BaseCommand<typeof UsersGenerate> {
  static override summary = 'Write a synthetic population to files or a pipe'
  static override description =
    'The tables that `users load` puts into a core, as files with a manifest, or one of them to stdout. Needs no project and no server. The same flags give the same bytes on every machine, for any number of threads.'
  static override examples = [
    {
      description: 'Files for other tools',
      command: '<%= config.bin %> users generate --count 1M --out users',
    },
    {
      description: 'Into a pipe',
      command: '<%= config.bin %> users generate --table act.settlement_account | jq .balance | head',
    },
    {
      description: 'For a spreadsheet',
      command:
        '<%= config.bin %> users generate --count 1000 --locale en --format csv --table cif.customer > c.csv',
    },
  ]
  static override flags = withVariables({
    ...populationFlags(),
    out: Flags.string({ helpValue: 'DIR', summary: 'Folder to make; stdout without it' }),
    table: Flags.string({ helpValue: 'NAME', summary: 'This table only, e.g. cif.customer' }),
    format: Flags.option({ options: fileFormats, summary: 'tsv for files, jsonl for stdout without it' })(),
    workers: workersFlag(),
  })

  protected async answer({ flags, context }: Input<typeof UsersGenerate>): Promise<Answer> {
    const { json, format = null, table = null, out: dir = null } = flags
    const wanted = wantedPopulation(flags, { customersDefault: 100_000, emit: context.emit })
    const workers = threadsToUse(flags.workers)
    return generateUsers({ wanted, format, table, dir, workers, json, stdout: process.stdout }, context)
  }
}
