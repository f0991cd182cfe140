import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { compareBench } from '../../cli/bench/compare-bench.js'
import { loadFlags } from '../../cli/bench/load-flags.js'
import { withVariables } from '../../cli/flags.js'

export default class BenchCompare extends BaseCommand<typeof BenchCompare> {
  static override summary = 'Measure two sides in turns; ratios with intervals'
  static override description =
    'Blocks of a few seconds in the order ABBA, so that what happens on the host hits both sides alike; each measure as a ratio with its interval. Runs that differ in more than what they are compared for (host, profile, clients, data size, durability) are refused. Exit status 0; 1 when a gate is missed or an effect is not what clients were told; 5 when a gate is neither met nor missed.'
  static override examples = [
    {
      description: 'Our client against sysbench: same rows, same node, same sockets',
      command: '<%= config.bin %> bench compare db-read --against sysbench -c 50',
    },
    {
      description: 'One node against another',
      command: '<%= config.bin %> bench compare db-read,node=master db-read,node=shadow',
    },
    {
      description: 'Three separate runs, which a claim needs',
      command: '<%= config.bin %> bench compare db-read --against mysql2 --runs 3',
    },
    {
      description: 'A control: no difference may be found',
      command: '<%= config.bin %> bench compare db-read db-read',
    },
  ]
  static override args = {
    a: Args.string({
      description: 'Scenario with what sets it apart, or a saved run',
      required: true,
      ignoreStdin: true,
    }),
    b: Args.string({ description: 'The other side; or --against', ignoreStdin: true }),
  }
  static override flags = withVariables({
    against: Flags.string({ summary: 'sysbench, mysql2, or a saved run', helpValue: 'PEER' }),
    runs: Flags.integer({ summary: 'Separate runs of all of it', default: 1, min: 1, max: 10 }),
    rounds: Flags.integer({ summary: 'ABBA rounds of four blocks', default: 4, min: 1, max: 500 }),
    ...loadFlags(),
    duration: { ...loadFlags().duration, summary: 'Length of a block; 3s without it' },
    gates: Flags.string({ summary: 'Folder with gates; bench/gates without it', helpValue: 'DIR' }),
    report: Flags.string({ summary: 'Folder for the report', helpValue: 'DIR' }),
  })

  protected async answer({ flags, args, context }: Input<typeof BenchCompare>): Promise<Answer> {
    const { against = null, gates = null, report = null } = flags
    return compareBench(
      { ...flags, place: flags, a: args.a, b: args.b ?? null, against, gates, report },
      context,
    )
  }
}
