import { join } from 'node:path'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { NodeName } from '../../model/node.js'
import type { Profile } from '../../model/profile.js'
import type { Secrets } from '../../model/secrets.js'
import type { ComponentPaths } from '../../sys/state-dir.js'
import { withUserConfig } from '../user-config.js'
import { accountsSql } from './accounts-sql.js'
import { renderNodeConfig } from './node-config.js'

export interface MysqlComponentInput {
  readonly node: NodeName
  readonly engine: DatabaseEngine
  /** Path of `mariadbd` or `mysqld`. */
  readonly program: string
  readonly paths: ComponentPaths
  /** Short enough for `sun_path`. */
  readonly socketPath: string
  readonly port: number
  readonly controlPort: number
  /** Where `LOAD DATA INFILE` may read. */
  readonly loadDir: string
  readonly profile: Profile
  readonly secrets: Secrets
  /** Both servers refuse to run as root unless told so. */
  readonly asRoot: boolean
  /** Whether the data dir's filesystem takes O_DIRECT. */
  readonly directIo: boolean
  /** The user's own settings, appended so that they win over ours. */
  readonly userConfig: string
}

/** Ready is when the server sends its greeting over the unix socket. A cold start takes 1 s, recovery longer. */
const readyLimitMs = 60_000
/** Flushing a full buffer pool to a slow disk. */
const stopGraceMs = 20_000

/** A database node: always read-only and replicating from nobody when it starts. */
export function planMysqlComponent(input: MysqlComponentInput): ComponentSpec {
  const { node, paths } = input
  const configFile = join(paths.conf, `${input.engine}.cnf`)
  const initFile = join(paths.conf, 'accounts.sql')
  const errorLog = join(paths.log, 'error.log')
  const tmpDir = join(paths.run, 'tmp')
  return {
    name: node,
    kind: 'database',
    command: input.program,
    args: [`--defaults-file=${configFile}`],
    env: { HOME: paths.run },
    cwd: paths.dir,
    // Not the data dir: it is a copy of a prepared one, and an empty folder in its place would hide that.
    dirs: [paths.dir, paths.conf, paths.log, paths.run, tmpDir, input.loadDir],
    dataMadeAtFirstStart: null,
    files: [
      {
        path: configFile,
        mode: 0o600,
        text: withUserConfig(renderNodeConfig({ ...input, initFile, errorLog, tmpDir }), input.userConfig),
      },
      { path: initFile, mode: 0o600, text: accountsSql(input.secrets, input.engine) },
    ],
    ports: [input.port, input.controlPort],
    outputLog: join(paths.log, 'output.log'),
    serverLog: errorLog,
    // The greeting's fifth byte is the protocol version, 10; an error (too many connections) has 0xff there.
    readiness: {
      kind: 'unix',
      socketPath: input.socketPath,
      send: null,
      expect: '^[\\s\\S]{4}\\x0a',
    },
    readyLimitMs,
    stop: { signal: 'SIGTERM', graceMs: stopGraceMs },
    companion: null,
  }
}
