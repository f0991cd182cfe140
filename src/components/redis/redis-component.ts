import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { Profile } from '../../model/profile.js'
import type { Secrets } from '../../model/secrets.js'
import type { FoundProgram } from '../../sys/program-version.js'
import { askVersion, locateProgram } from '../../sys/program-version.js'
import type { ProgramNeed } from '../../sys/programs.js'
import type { ComponentPaths } from '../../sys/state-dir.js'
import { renderTemplate } from '../../sys/templates.js'
import { withUserConfig } from '../user-config.js'

export const redisPrograms = {
  server: {
    title: 'Redis',
    names: ['redis-server'],
    extraDirs: [],
    versionMin: '7.0',
    packages: ['redis-server'],
  },
} as const satisfies Record<string, ProgramNeed>

/** The cache server that was found on this host. */
export interface RedisInstallation {
  readonly server: FoundProgram
}

/** Raises PROGRAM_MISSING and PROGRAM_TOO_OLD. */
export async function detectRedis(): Promise<RedisInstallation> {
  const server = await askVersion(redisPrograms.server, {
    path: locateProgram(redisPrograms.server),
    args: ['--version'],
    pattern: /v=(\d+\.\d+\.\d+)/,
  })
  return { server }
}

export interface RedisComponentInput {
  /** Path of `redis-server`. */
  readonly program: string
  readonly paths: ComponentPaths
  readonly port: number
  readonly profile: Profile
  readonly secrets: Secrets
  /** The user's own settings, appended so that they win over ours. */
  readonly userConfig: string
}

export function planRedisComponent(input: RedisComponentInput): ComponentSpec {
  const { paths, port } = input
  const configFile = join(paths.conf, 'redis.conf')
  const logFile = join(paths.log, 'redis.log')
  const text = renderTemplate('redis/redis.conf.eta', {
    port,
    dataDir: paths.data,
    pidFile: join(paths.run, 'redis.pid'),
    logFile,
    passwordHash: createHash('sha256').update(input.secrets.redis).digest('hex'),
    maxMemoryBytes: input.profile.redisMaxMemoryBytes,
    quote: quoteArgument,
  })
  return {
    name: 'redis',
    kind: 'cache',
    command: input.program,
    args: [configFile],
    env: {},
    cwd: paths.dir,
    dirs: [paths.dir, paths.conf, paths.data, paths.log, paths.run],
    dataMadeAtFirstStart: null,
    files: [{ path: configFile, mode: 0o600, text: withUserConfig(text, input.userConfig) }],
    ports: [port],
    outputLog: join(paths.log, 'output.log'),
    serverLog: logFile,
    readiness: {
      kind: 'tcp',
      host: '127.0.0.1',
      port,
      send: 'PING\r\n',
      // While it loads its data it answers -LOADING, which is not ready.
      expect: '^(-NOAUTH|\\+PONG)',
    },
    readyLimitMs: 60_000,
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    companion: null,
  }
}

/** A double-quoted argument of redis.conf. */
function quoteArgument(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
