import { join } from 'node:path'
import { runProgram } from '../run-program.mjs'
import { SetupError } from '../setup-error.mjs'
import { ensureUnpacked, inCache } from './ensure-unpacked.mjs'

/**
 * A real MySQL 9 for tests and benchmarks, from Debian unstable. Made once, in about ten seconds (70 MB to download,
 * 400 MB on disk); CORELAB_MYSQL_DIR names another folder than that of the cache. Raises a {@link SetupError} with exit
 * code 5 when this machine cannot have it.
 * @returns {Promise<{ bin: string, version: string }>} the folder with `mysqld`, `mysql` and `mysqlbinlog`
 */
export async function ensureMysql(env = process.env) {
  const dir = env.CORELAB_MYSQL_DIR || inCache('mysql', env)
  const { bin } = await ensureUnpacked({
    title: 'MySQL',
    dir,
    suite: 'unstable',
    packages: ['mysql-server-core', 'mysql-client-core'],
    programs: ['usr/sbin/mysqld', 'usr/bin/mysql', 'usr/bin/mysqlbinlog', 'usr/bin/mysqldump'],
  })
  const { output } = await runProgram(join(bin, 'mysqld'), ['--no-defaults', '--version'])
  const version = /Ver (\d+\.\d+\.\d+\S*)/.exec(output)?.[1]
  if (version !== undefined) return { bin, version }
  throw new SetupError({
    message: `Cannot run here: the MySQL in ${dir} does not start`,
    detail: output,
    fix: [`rm -r ${dir}`, 'and run the same command again'],
    exit: 5,
  })
}
