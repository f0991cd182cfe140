import { corelabError, toCorelabError } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { FoundProgram } from '../../sys/program-version.js'
import { askVersion, locateProgram } from '../../sys/program-version.js'
import type { ProgramNeed } from '../../sys/programs.js'

export const mysqlPrograms = {
  server: {
    title: 'MariaDB',
    names: ['mariadbd', 'mysqld'],
    extraDirs: [],
    versionMin: '10.11',
    packages: ['mariadb-server-core'],
  },
  installer: {
    title: 'MariaDB',
    names: ['mariadb-install-db', 'mysql_install_db'],
    extraDirs: [],
    versionMin: '10.11',
    packages: ['mariadb-server-core'],
  },
} as const satisfies Record<string, ProgramNeed>

/** Which database server to look for. */
export interface DatabaseChoice {
  readonly engine: DatabaseEngine
  /** The folder with its programs; null looks in PATH and the usual places. */
  readonly programsDir: string | null
}

/** The database server that was found on this host. */
export interface MysqlInstallation {
  readonly engine: DatabaseEngine
  readonly server: FoundProgram
  /** Makes the system tables of a new data dir; with MySQL the server does it itself. */
  readonly installerPath: string
}

/** Raises PROGRAM_MISSING and PROGRAM_TOO_OLD. */
export function detectMysql(choice: DatabaseChoice = packagedChoice): Promise<MysqlInstallation> {
  return choice.engine === 'mysql' ? detectOracle(choice) : detectMariadb(choice)
}

/** What Debian and Ubuntu bring. */
const packagedChoice: DatabaseChoice = { engine: 'mariadb', programsDir: null }

async function detectMariadb({ programsDir }: DatabaseChoice): Promise<MysqlInstallation> {
  const extraDirs = programsDir === null ? [] : [programsDir]
  const need = { ...mysqlPrograms.server, extraDirs }
  const server = await askVersion(need, {
    path: locateProgram(need),
    args: ['--no-defaults', '--version'],
    pattern: /Ver (\d+\.\d+\.\d+\S*MariaDB\S*)/,
  })
  return {
    engine: 'mariadb',
    server,
    installerPath: locateProgram({ ...mysqlPrograms.installer, extraDirs }),
  }
}

/** 8.4 is the first long-term release with the statements of today, and the only one before 9.7. */
const mysqlServer = {
  title: 'MySQL',
  names: ['mysqld'],
  versionMin: '8.4',
  packages: ['mysql-server-core'],
} as const

async function detectOracle({ programsDir }: DatabaseChoice): Promise<MysqlInstallation> {
  const need = { ...mysqlServer, extraDirs: programsDir === null ? [] : [programsDir] }
  try {
    const server = await askVersion(need, {
      path: locateProgram(need),
      args: ['--no-defaults', '--version'],
      // MariaDB answers to this name, too.
      pattern: /Ver (\d+\.\d+\.\d+(?!\S*MariaDB)\S*) for/,
    })
    return { engine: 'mysql', server, installerPath: server.path }
  } catch (error) {
    const { code, message, detail, cause } = toCorelabError(error)
    throw corelabError(code, {
      message,
      detail: detail ?? undefined,
      // The distribution's own packages would bring MariaDB.
      fix: [
        'install MySQL 8.4 or later, and name the folder of mysqld in corelab.yaml: database.programs',
        'or use MariaDB: database.engine: mariadb',
      ],
      cause,
    })
  }
}
