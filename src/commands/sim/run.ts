import { Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { plantFlag, secondsFlag, workersFlag } from '../../cli/sim/flags.js'
import { runSimCampaign } from '../../cli/sim/run-campaign.js'

export default class SimRun extends BaseCommand<typeof SimRun> {
  static override summary = 'Look for losses in thousands of simulated disasters'
  static override description =
    'The real decisions of keeper, qlink and router run in a virtual world: time, network, disks, crashes and faults are drawn from a seed, and what must hold is checked while they happen. Needs no project and no server. Exit status 0 when everything holds, 1 when something is violated, 5 when too little was met to say so. Ctrl+C ends it with what was seen until then.'
  static override examples = [
    { description: 'Some minutes on all cores', command: '<%= config.bin %> sim run' },
    { description: 'A quick look', command: '<%= config.bin %> sim run --seeds 500' },
    {
      description: 'Other seeds every night, with a file for the build server',
      command: '<%= config.bin %> sim run --from 20260101 --out result.json',
    },
    {
      description: 'See that a bug is found',
      command: '<%= config.bin %> sim run --plant second-acker --stop-at-first',
    },
  ]
  static override flags = withVariables({
    seeds: Flags.integer({ summary: 'How many runs', default: 10_000, min: 1, max: 1_000_000_000 }),
    from: Flags.integer({ summary: 'The first seed', default: 1, min: 0, max: 4_294_967_295 }),
    seconds: secondsFlag(),
    plant: plantFlag(),
    'stop-at-first': Flags.boolean({ summary: 'End at the first violation' }),
    workers: workersFlag(),
    out: Flags.string({ helpValue: 'FILE', summary: 'Write the result there, as JSON' }),
  })

  protected async answer({ flags, context }: Input<typeof SimRun>): Promise<Answer> {
    const { from, seeds, seconds, plant = null, workers = null, out = null } = flags
    const stopAtFirst = flags['stop-at-first']
    return runSimCampaign({ from, seeds, seconds, plant, stopAtFirst, workers, out }, context)
  }
}
