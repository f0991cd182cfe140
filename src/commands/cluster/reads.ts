import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { readersFlag } from '../../cli/readers-flag.js'
import { readsAnswer } from '../../cli/render/reads.js'
import { switchReads } from '../../cluster/reads.js'

export default class ClusterReads extends BaseCommand<typeof ClusterReads> {
  static override summary = 'Show or switch who takes the reads, and where they went'
  static override description =
    'Reads that anybody may serve are shared by the named kinds of nodes; routers follow at once. Writes, and reads that ask for it, always go to the master. One count is one transaction or one read of the subsystems: ANY reads wherever there is room, BOUNDED within a lag, OWN what its session wrote.'
  static override examples = [
    { description: 'Who reads, and what went where', command: '<%= config.bin %> cluster reads' },
    {
      description: 'Let the master read, too',
      command: '<%= config.bin %> cluster reads --from shadow,slaves,master',
    },
    {
      description: 'Keep the shadow free for a failover',
      command: '<%= config.bin %> cluster reads --from slaves',
    },
  ]
  static override flags = withVariables({
    from: readersFlag({ summary: 'Who reads from now on: any of master, shadow, slaves' }),
  })

  protected async answer({ flags }: Input<typeof ClusterReads>): Promise<Answer> {
    return readsAnswer(await switchReads(await placeToUse(flags), flags.from ?? null))
  }
}
