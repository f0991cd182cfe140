import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { profileFlag, withVariables } from '../../cli/flags.js'
import { runDrills } from '../../cli/run-drills.js'

export default class DrillsRun extends BaseCommand<typeof DrillsRun> {
  static override summary = 'Break something under load; see if the promises hold'
  static override description =
    'Each drill makes a core of its own (environment "drill"), puts clients to work on it, carries out its faults, checks what the clients were told, writes a report, and takes the core away again. Your own environments are not touched. Exit status 0 when everything holds, 1 when something is violated, 5 when it could not be judged.'
  static override examples = [
    { description: 'The first one to try', command: '<%= config.bin %> drills run kill-master' },
    {
      description: 'Several, for a build server',
      command: '<%= config.bin %> drills run D01 D02 D08 --report out',
    },
    {
      description: 'The same faults, the same choices',
      command: '<%= config.bin %> drills run flapping --seed 42',
    },
    {
      description: 'Look at the core afterwards',
      command: '<%= config.bin %> drills run kill-master --keep',
    },
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'Names or numbers, as in `drills list`', ignoreStdin: true }),
  }
  static override flags = withVariables({
    seed: Flags.integer({ summary: 'The same seed makes the same choices', min: 0, max: 4_294_967_295 }),
    quick: Flags.boolean({ summary: 'Shorter waits between the faults' }),
    rounds: Flags.integer({ summary: 'Carry the faults out so many times', default: 1, min: 1, max: 1000 }),
    clients: Flags.integer({ summary: 'Clients that write; 24 without it', min: 2, max: 400 }),
    profile: profileFlag(),
    report: Flags.string({ summary: 'Folder for the report', helpValue: 'DIR' }),
    keep: Flags.boolean({ summary: 'Leave the environment running' }),
  })

  protected async answer({ flags, words, context }: Input<typeof DrillsRun>): Promise<Answer> {
    const { seed = null, clients = null, profile = null, report = null, quick, keep, rounds } = flags
    const wishes = { names: words, place: flags, seed, clients, profile, report, quick, keep, rounds }
    return runDrills(wishes, context)
  }
}
