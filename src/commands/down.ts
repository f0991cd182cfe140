import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { confirm } from '../cli/confirm.js'
import { withVariables } from '../cli/flags.js'
import { placeToUse } from '../cli/place.js'
import { downAnswer } from '../cli/render/down.js'
import { forEnv } from '../cli/render/next-steps.js'
import { savedReports, takeDown } from '../cluster/down.js'

export default class Down extends BaseCommand<typeof Down> {
  static override summary = 'Stop the core; its data stays unless --volumes is given'
  static override description =
    'Safe to run again. Also tidies up what a crash left behind. What was measured stays: reports of benchmarks and of the tour are deleted only with --volumes --reports, and those of drills, which belong to the project, by nobody but you.'
  static override examples = [
    { description: 'Stop, and go on later with the same data', command: '<%= config.bin %> down' },
    { description: 'Stop and delete the data', command: '<%= config.bin %> down --volumes' },
    { description: 'The same in a script', command: '<%= config.bin %> down --volumes --yes' },
    { description: 'And what was measured with it', command: '<%= config.bin %> down --volumes --reports' },
  ]
  static override flags = withVariables({
    volumes: Flags.boolean({ summary: 'Delete data, logs and secrets too; reports stay' }),
    reports: Flags.boolean({ summary: 'With --volumes: delete its reports too', dependsOn: ['volumes'] }),
  })

  protected async answer({ flags, context, terminal }: Input<typeof Down>): Promise<Answer> {
    const place = await placeToUse(flags)
    if (flags.volumes) {
      const kept = !flags.reports && (await savedReports(place)).length > 0 ? ' Its reports stay.' : ''
      const what = flags.reports ? 'all data and reports' : 'all data'
      await confirm(`Delete ${what} of environment "${place.env}" in ${place.project.dir}?${kept}`, {
        yes: flags.yes,
        terminal,
        signal: context.signal,
        command: forEnv(`corelab down --volumes ${flags.reports ? '--reports ' : ''}--yes`, place.env),
      })
    }
    const wishes = { deleteVolumes: flags.volumes, deleteReports: flags.reports }
    return downAnswer(await takeDown({ ...place, ...wishes }, context), place.env)
  }
}
