import type { Answer } from '../../cli/answer.js'
import type { Input } from '../../cli/base-command.js'
import { BaseCommand } from '../../cli/base-command.js'
import { placeToUse } from '../../cli/place.js'
import { chainAnswer } from '../../cli/render/cluster/chain.js'
import { pathsOf } from '../../cluster/environment-store.js'
import { readHistory } from '../../cluster/history.js'
import { readStatus } from '../../cluster/status.js'

export default class Cluster extends BaseCommand<typeof Cluster> {
  static override summary = 'Show the chain of nodes and the last change of master'
  static override description =
    'Who takes the writes, who follows whom, who serves reads. The commands below change that, compare all nodes, and tell how it came about.'
  static override examples = [
    { description: 'The chain', command: '<%= config.bin %> cluster' },
    { description: 'Another master, planned', command: '<%= config.bin %> cluster switchover' },
    { description: 'Compare every row on every node', command: '<%= config.bin %> cluster verify' },
  ]

  protected async answer({ flags }: Input<typeof Cluster>): Promise<Answer> {
    const place = await placeToUse(flags)
    return chainAnswer(await readStatus(place), await readHistory(pathsOf(place).dir))
  }
}
