import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { durationFlag, withVariables } from '../../cli/flags.js'
import { workersFlag } from '../../cli/sim/flags.js'
import { showPlants } from '../../cli/sim/hunt-plants.js'

export default class SimPlants extends BaseCommand<typeof SimPlants> {
  static override summary = 'List the bugs that the simulator must be able to find'
  static override description =
    'Each is a mistake that somebody could make, put around the real decisions. With --hunt, seeds are run until it is given away by an invariant that the same seed keeps without it; exit status 1 when one is not found in time.'
  static override examples = [
    { description: 'The list', command: '<%= config.bin %> sim plants' },
    { description: 'Find them all', command: '<%= config.bin %> sim plants --hunt' },
    { description: 'Find one', command: '<%= config.bin %> sim plants seal-forgotten --hunt --limit 5m' },
  ]
  static override strict = false
  static override args = {
    name: Args.string({ description: 'Names; all without one', ignoreStdin: true }),
  }
  static override flags = withVariables({
    hunt: Flags.boolean({ summary: 'Look for each of them' }),
    limit: durationFlag({ summary: 'Time for each of them; 60s without it' }),
    workers: workersFlag(),
  })

  protected async answer({ flags, words, context }: Input<typeof SimPlants>): Promise<Answer> {
    const { hunt, limit: limitMs = 60_000, workers = null } = flags
    return showPlants({ names: words, hunt, limitMs, workers }, context)
  }
}
