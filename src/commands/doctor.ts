import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { examineHost } from '../cli/doctor/examine-host.js'
import { profileFlag, withVariables } from '../cli/flags.js'

export default class Doctor extends BaseCommand<typeof Doctor> {
  static override summary = 'See whether this host is ready, and what to mend'
  static override description =
    'Changes nothing and starts nothing. Exit status 1 when something must be mended first. Works without a project, too.'
  static override examples = [
    { description: 'Is this host ready?', command: '<%= config.bin %> doctor' },
    { description: 'Ready for benchmarks?', command: '<%= config.bin %> doctor --profile full' },
    {
      description: 'Something to attach to a question',
      command: '<%= config.bin %> doctor --report doctor.json',
    },
  ]
  static override flags = withVariables({
    profile: profileFlag(),
    'port-base': Flags.integer({ summary: 'First of 40 ports to use', min: 1024, max: 65_000 }),
    report: Flags.string({ helpValue: 'FILE', summary: 'Also write the findings to this file, as JSON' }),
  })

  protected async answer({ flags, context }: Input<typeof Doctor>): Promise<Answer> {
    const { profile = null, report = null } = flags
    return examineHost({ place: flags, profile, portBase: flags['port-base'] ?? null, report }, context)
  }
}
