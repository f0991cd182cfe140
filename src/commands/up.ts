import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { dryRunFlag, profileFlag, withVariables } from '../cli/flags.js'
import { placeToMake } from '../cli/place.js'
import { bootPlanAnswer } from '../cli/render/boot-plan.js'
import { upAnswer } from '../cli/render/connections.js'
import { planUp } from '../cluster/plan-up.js'
import { bringUp } from '../cluster/up.js'

export default class Up extends BaseCommand<typeof Up> {
  static override summary = 'Start the core and wait until it is usable'
  static override description =
    'Four database nodes, Redis, RabbitMQ and the 21 subsystems, on 127.0.0.1 only. Safe to run again: it adopts what runs, mends what is degraded, and changes nothing when all is well.'
  static override examples = [
    { description: 'Start, or see where everything is', command: '<%= config.bin %> up' },
    { description: 'On a small machine', command: '<%= config.bin %> up --profile tiny' },
    { description: 'See the plan first', command: '<%= config.bin %> up --dry-run' },
    { description: 'Change every password', command: '<%= config.bin %> up --new-secrets' },
    { description: 'A second core beside the first', command: '<%= config.bin %> up -e second' },
  ]
  static override handlesTimeout = true
  static override flags = withVariables({
    profile: profileFlag(),
    'port-base': Flags.integer({ summary: 'First of 40 ports to use', min: 1024, max: 65_000 }),
    standby: Flags.boolean({
      summary: 'Keep a second keeper ready, which takes over when the first is gone',
    }),
    'fault-proxy': Flags.boolean({
      summary: 'Put a proxy in the way to every database node, so that drills can break it',
    }),
    'new-secrets': Flags.boolean({
      summary: 'Start with fresh passwords; the data stays. The core must be stopped',
    }),
    'dry-run': dryRunFlag(),
  })

  protected async answer({ flags, context }: Input<typeof Up>): Promise<Answer> {
    const options = {
      ...(await placeToMake(flags)),
      profile: flags.profile ?? null,
      portBase: flags['port-base'] ?? null,
      limitMs: flags.timeout ?? null,
      faultProxy: flags['fault-proxy'],
      standby: flags.standby,
      newSecrets: flags['new-secrets'],
    }
    return flags['dry-run']
      ? bootPlanAnswer(await planUp(options, context))
      : upAnswer(await bringUp(options, context))
  }
}
