import { Flags } from '@oclif/core'
import type { Answer } from '../cli/answer.js'
import type { Input } from '../cli/base-command.js'
import { BaseCommand } from '../cli/base-command.js'
import { calibrateHost } from '../cli/calibrate-host.js'
import { withVariables } from '../cli/flags.js'

export default class Calibrate extends BaseCommand<typeof Calibrate> {
  static override summary = 'Measure how fast a core and a disk of this host are'
  static override description =
    'Fixed work on one thread and then on all of them, a copy of memory, and small synced writes. The file that it writes is what `bench project` compares two hosts by: run it on the target, and on the host of the results. Needs no project and no server; a host that does nothing else gives the best answer.'
  static override examples = [
    { description: 'On the target', command: '<%= config.bin %> calibrate --out target.json' },
    {
      description: 'With the disk that databases will use',
      command: '<%= config.bin %> calibrate --out target.json --fsync-dir /var/lib/mysql',
    },
  ]
  static override flags = withVariables({
    out: Flags.string({ helpValue: 'FILE', summary: 'Write the calibration there, as JSON' }),
    seconds: Flags.integer({
      summary: 'For one thread; all of it takes longer',
      default: 6,
      min: 1,
      max: 120,
    }),
    'fsync-dir': Flags.string({ helpValue: 'DIR', summary: 'Folder for synced writes; here without it' }),
    'no-fsync': Flags.boolean({ summary: 'Leave the disk alone', exclusive: ['fsync-dir'] }),
  })

  protected async answer({ flags, context }: Input<typeof Calibrate>): Promise<Answer> {
    const fsyncDir = flags['no-fsync'] ? null : (flags['fsync-dir'] ?? '.')
    return calibrateHost({ seconds: flags.seconds, fsyncDir, out: flags.out ?? null }, context)
  }
}
