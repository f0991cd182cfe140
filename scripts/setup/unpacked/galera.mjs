import { join } from 'node:path'
import { runProgram } from '../run-program.mjs'
import { readRelease } from '../servers/host.mjs'
import { SetupError } from '../setup-error.mjs'
import { ensureUnpacked, inCache } from './ensure-unpacked.mjs'

/**
 * MariaDB with Galera for the benchmark of peers, from the Debian release of this machine (elsewhere from the stable
 * one), so that it is the MariaDB that a core of corelab runs here. Raises a {@link SetupError} with exit code 5 when
 * this machine cannot have it.
 * @returns {Promise<{ bin: string, provider: string, version: string }>} the folder with `mariadbd` and what its state
 *   transfer calls, and Galera's library
 */
export async function ensureGalera(env = process.env) {
  const release = readRelease()
  const { bin, root } = await ensureUnpacked({
    title: 'MariaDB with Galera',
    dir: env.CORELAB_GALERA_DIR || inCache('galera', env),
    suite: release.ID === 'debian' && release.VERSION_CODENAME ? release.VERSION_CODENAME : 'stable',
    packages: [
      'mariadb-server-core',
      'mariadb-client-core',
      'mariadb-server',
      'mariadb-backup',
      'galera-4',
      'socat',
    ],
    programs: [
      'usr/sbin/mariadbd',
      'usr/bin/mariadb',
      'usr/bin/mariabackup',
      'usr/bin/mariadb-backup',
      'usr/bin/mbstream',
      'usr/bin/my_print_defaults',
      'usr/bin/socat',
    ],
    scripts: ['usr/bin/wsrep_sst_common', 'usr/bin/wsrep_sst_mariabackup'],
  })
  const { output } = await runProgram(join(bin, 'mariadbd'), ['--no-defaults', '--version'])
  const version = /Ver (\d+\.\d+\.\d+)/.exec(output)?.[1]
  if (version !== undefined) return { bin, provider: join(root, 'usr/lib/galera/libgalera_smm.so'), version }
  throw new SetupError({
    message: `Cannot run here: the MariaDB with Galera in ${bin} does not start`,
    detail: output,
    exit: 5,
  })
}
