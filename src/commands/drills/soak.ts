import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { profileFlag, withVariables } from '../../cli/flags.js'
import { soakDrills } from '../../cli/run-drills.js'

export default class DrillsSoak extends BaseCommand<typeof DrillsSoak> {
  static override summary = 'Break things at random for a while; look for losses'
  static override description =
    'One core of its own under load; faults are drawn from the seed, one after the other, each on a whole core. The first failure ends it and keeps the evidence. Ctrl+C ends it in order, with a report of what was seen until then.'
  static override examples = [
    { description: 'Ten minutes', command: '<%= config.bin %> drills soak' },
    { description: 'The same faults again', command: '<%= config.bin %> drills soak --minutes 60 --seed 42' },
  ]
  static override flags = withVariables({
    minutes: Flags.integer({ summary: 'How long', default: 10, min: 1, max: 1440 }),
    seed: Flags.integer({ summary: 'The same seed draws the same faults', min: 0, max: 4_294_967_295 }),
    clients: Flags.integer({ summary: 'Clients that write; 24 without it', min: 2, max: 400 }),
    profile: profileFlag(),
    report: Flags.string({ summary: 'Folder for the report', helpValue: 'DIR' }),
    keep: Flags.boolean({ summary: 'Leave the environment running' }),
  })

  protected async answer({ flags, context }: Input<typeof DrillsSoak>): Promise<Answer> {
    const { seed = null, clients = null, profile = null, report = null, keep, minutes } = flags
    return soakDrills({ place: flags, seed, clients, profile, report, keep, minutes }, context)
  }
}
