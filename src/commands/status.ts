import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { placeToUse } from '../cli/place.js'
import { statusAnswer } from '../cli/render/status.js'
import { listEnvironments } from '../cluster/environment-store.js'
import { readStatus } from '../cluster/status.js'

export default class Status extends BaseCommand<typeof Status> {
  static override summary = 'Show what runs, who is master, and how far replicas are'
  static override description =
    'Exit status 0 when the core is usable, 1 when it is degraded, starting or stopped. LAG is in transactions.'
  static override aliases = ['ps']
  static override examples = [
    { description: 'One table', command: '<%= config.bin %> status' },
    { description: 'For a script', command: '<%= config.bin %> status --json | jq -r .data.state' },
    { description: 'Another environment', command: '<%= config.bin %> status -e second' },
  ]

  protected async answer({ flags }: Input<typeof Status>): Promise<Answer> {
    const place = await placeToUse(flags)
    return statusAnswer(await readStatus(place), await listEnvironments(place.project))
  }
}
