import { Args, Flags } from '@oclif/core'
import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { withVariables } from '../../cli/flags.js'
import { placeToUse } from '../../cli/place.js'
import { rejoinAnswer } from '../../cli/render/cluster/rejoin.js'
import { callKeeper } from '../../cluster/keeper-call.js'
import { rejoinModes } from '../../cluster/rejoin/rejoin-tools.js'
import { present } from '../../kit/assert.js'
import { nodeNames } from '../../model/node.js'

export default class ClusterRejoin extends BaseCommand<typeof ClusterRejoin> {
  static override summary = 'Bring a node back that is out of service'
  static override description =
    'An old master may have transactions that nobody acknowledged and the present history lacks. They are listed and kept first. By default the node gives them back where its engine can do that safely, else it stays out: then inspect lists, flashback undoes row changes, reclone copies a slave. Exit status 1 while it stays out.'
  static override examples = [
    { description: 'The safe way', command: '<%= config.bin %> cluster rejoin db-1' },
    {
      description: 'Only look at what it has too much',
      command: '<%= config.bin %> cluster rejoin db-1 --mode inspect',
    },
    { description: 'Make it anew', command: '<%= config.bin %> cluster rejoin db-1 --mode reclone' },
  ]
  static override args = {
    node: Args.string({ description: 'The node, as in `status`', required: true, options: [...nodeNames] }),
  }
  static override flags = withVariables({
    mode: Flags.option({ options: rejoinModes, default: 'default' as const, summary: 'How' })(),
  })

  protected async answer({ args, flags, context }: Input<typeof ClusterRejoin>): Promise<Answer> {
    const place = await placeToUse(flags)
    const node = present(
      nodeNames.find((name) => name === args.node),
      'node',
    )
    const order = { node, mode: flags.mode }
    return rejoinAnswer(await callKeeper(place, context, (keeper) => keeper.rejoin(order)), place.env)
  }
}
