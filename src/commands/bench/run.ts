import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { loadFlags } from '../../cli/bench/load-flags.js'
import { runBench } from '../../cli/bench/run-bench.js'
import { withVariables } from '../../cli/flags.js'

export default class BenchRun extends BaseCommand<typeof BenchRun> {
  static override summary = 'Measure a scenario, verify its effects, write a report'
  static override description =
    'Puts clients on the running core, measures a window after a warm-up, books who spent what meanwhile, and then compares the effects with what the clients were told: a run that fails that is not a figure. Ctrl+C ends a run in order and saves what was seen. Exit status 0 for a figure, 1 when there is none.'
  static override examples = [
    { description: 'Point reads on all readers', command: '<%= config.bin %> bench run db-read' },
    {
      description: 'On one node, by more clients',
      command: '<%= config.bin %> bench run db-read --set node=slave-1 -c 200',
    },
    {
      description: 'Durable inserts for half a minute',
      command: '<%= config.bin %> bench run db-write --set statement=insert --duration 30s',
    },
    {
      description: 'Open loop: latency counts from the planned time',
      command: '<%= config.bin %> bench run db-read --rate 5000 --poisson',
    },
    {
      description: 'A server of your own: what would be done there',
      command: '<%= config.bin %> bench run db-read --target mysql://bench@127.0.0.1 -n',
    },
    {
      description: 'Servers that corelab.yaml lists as the target "staging"',
      command: '<%= config.bin %> bench run db-read --target staging',
    },
  ]
  static override args = {
    name: Args.string({ description: 'As in `bench list`', required: true, ignoreStdin: true }),
  }
  static override flags = withVariables({
    ...loadFlags(),
    report: Flags.string({ summary: 'Folder for the report', helpValue: 'DIR' }),
    target: Flags.string({
      summary: 'Your servers: mysql://USER@HOST:PORT, or a name',
      helpValue: 'URL|NAME',
    }),
    'writes-max': Flags.integer({ summary: 'On a target: change rows so often; 100000', min: 1 }),
    'dry-run': Flags.boolean({ char: 'n', summary: 'With --target: only say what would be done' }),
    'i-own-this-host': Flags.boolean({ summary: 'The target may be another host' }),
  })

  protected async answer({ flags, args, context }: Input<typeof BenchRun>): Promise<Answer> {
    const { report = null, target = null, 'writes-max': writesMax = null } = flags
    const { 'i-own-this-host': iOwnThisHost, 'dry-run': dryRun } = flags
    const own = { report, target, writesMax, iOwnThisHost, dryRun }
    return runBench(args.name, { ...flags, ...own, place: flags }, context)
  }
}
