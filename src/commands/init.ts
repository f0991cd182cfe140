import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { dryRunFlag, profileFlag, withVariables } from '../cli/flags.js'
import { initProject } from '../cli/init-project.js'
import { startDir } from '../cli/place.js'

export default class Init extends BaseCommand<typeof Init> {
  static override summary = 'Make a project: corelab.yaml, configs, subsystem folders'
  static override description =
    'Safe to run again: it adds what is missing and updates what you did not edit. An edited file is kept unless --force is given.'
  static override examples = [
    { description: 'In a new folder', command: '<%= config.bin %> init bank' },
    { description: 'Here', command: '<%= config.bin %> init' },
    { description: 'See what would be written', command: '<%= config.bin %> init bank --dry-run' },
  ]
  static override args = {
    dir: Args.string({ description: 'Folder of the project; this one without it', ignoreStdin: true }),
  }
  static override flags = withVariables({
    name: Flags.string({ summary: "Name of the project; the folder's without it" }),
    profile: profileFlag(),
    force: Flags.boolean({ char: 'f', summary: 'Overwrite files that you edited, and say which' }),
    'dry-run': dryRunFlag(),
  })

  protected async answer({ flags, args, context }: Input<typeof Init>): Promise<Answer> {
    const { name, profile, force, 'dry-run': dryRun } = flags
    const dir = resolve(startDir(flags), args.dir ?? '.')
    return initProject({ dir, name, profile, force, dryRun, cwd: process.cwd() }, context)
  }
}
