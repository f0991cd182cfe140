import { realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { Profile } from '../../model/profile.js'
import type { Secrets } from '../../model/secrets.js'
import type { FoundProgram } from '../../sys/program-version.js'
import { locateProgram, requireVersion } from '../../sys/program-version.js'
import type { ProgramNeed } from '../../sys/programs.js'
import type { ComponentPaths } from '../../sys/state-dir.js'
import { renderTemplate } from '../../sys/templates.js'
import { withUserConfig } from '../user-config.js'
import { rabbitmqDefinitions } from './definitions.js'

export const rabbitmqPrograms = {
  server: {
    title: 'RabbitMQ',
    names: ['rabbitmq-server'],
    // Before PATH: what Debian has there is a wrapper that changes the user and uses system folders.
    extraDirs: ['/usr/lib/rabbitmq/bin'],
    versionMin: '3.10',
    packages: ['rabbitmq-server'],
  },
  portMapper: {
    title: 'Erlang',
    names: ['epmd'],
    extraDirs: [],
    versionMin: '25',
    packages: ['rabbitmq-server', 'erlang-base'],
  },
} as const satisfies Record<string, ProgramNeed>

/** The broker that was found on this host. */
export interface RabbitmqInstallation {
  readonly server: FoundProgram
  readonly portMapperPath: string
}

/** Raises PROGRAM_MISSING and PROGRAM_TOO_OLD. */
export async function detectRabbitmq(): Promise<RabbitmqInstallation> {
  const path = locateProgram(rabbitmqPrograms.server)
  const portMapperPath = locateProgram(rabbitmqPrograms.portMapper)
  const version = await versionBeside(path)
  return { server: requireVersion(rabbitmqPrograms.server, { path, version }), portMapperPath }
}

/** The broker's own library is named with its version; asking its command line tool would take a second. */
async function versionBeside(path: string): Promise<string> {
  const plugins = join(dirname(realpathSync(path)), '..', 'plugins')
  const names = await readdir(plugins).catch(() => [])
  const version = names.map((name) => /^rabbit-(\d+\.\d+\.\d+)/.exec(name)?.[1]).find(Boolean)
  if (version !== undefined) return version
  throw corelabError('PROGRAM_MISSING', {
    message: `${path} is not a whole RabbitMQ`,
    detail: `There is no rabbit-<version> in ${plugins}.`,
  })
}

export interface RabbitmqComponentInput {
  readonly programs: RabbitmqInstallation
  readonly paths: ComponentPaths
  readonly ports: { readonly amqp: number; readonly distribution: number; readonly portMapper: number }
  readonly profile: Profile
  readonly secrets: Secrets
  /** The user's own settings, appended so that they win over ours. */
  readonly userConfig: string
}

/** A dump of everything can be as large as the memory; its head says why it crashed. */
const crashDumpBytesMax = 8 * 1024 * 1024

/** A broker node that can be reached from this host only, with its own port mapper. */
export function planRabbitmqComponent(input: RabbitmqComponentInput): ComponentSpec {
  const { paths, ports, programs } = input
  const configFile = join(paths.conf, 'rabbitmq.conf')
  const definitionsFile = join(paths.conf, 'definitions.json')
  const pluginsFile = join(paths.conf, 'enabled_plugins')
  const preloadFile = join(paths.conf, 'preload.eval')
  // Erlang looks for the cookie in the home folder.
  const home = join(paths.run, 'home')
  const epmd = { ERL_EPMD_PORT: String(ports.portMapper), ERL_EPMD_ADDRESS: '127.0.0.1' }
  return {
    name: 'rabbitmq',
    kind: 'broker',
    command: programs.server.path,
    args: [],
    env: {
      HOME: home,
      // The script replaces itself by the Erlang machine: no shell stays in between.
      detached: '1',
      RABBITMQ_NODENAME: `clab${ports.amqp}@localhost`,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_CONFIG_FILE: configFile,
      RABBITMQ_ENABLED_PLUGINS_FILE: pluginsFile,
      RABBITMQ_MNESIA_BASE: shellSafe(paths.dir, paths.data),
      RABBITMQ_LOG_BASE: paths.log,
      RABBITMQ_PID_FILE: join(paths.run, 'rabbitmq.pid'),
      RABBITMQ_DIST_PORT: String(ports.distribution),
      // The script boots nothing by itself: the arguments below do, after loading the code in large batches.
      RABBITMQ_NODE_ONLY: '1',
      CORELAB_PRELOAD: preloadFile,
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlangArguments(input.profile).join(' '),
      ERL_CRASH_DUMP: join(paths.log, 'erl_crash.dump'),
      ERL_CRASH_DUMP_BYTES: String(crashDumpBytesMax),
      ...epmd,
    },
    cwd: paths.dir,
    dirs: [paths.dir, paths.conf, paths.data, paths.log, paths.run, home],
    dataMadeAtFirstStart: paths.data,
    files: [
      { path: join(home, '.erlang.cookie'), mode: 0o400, text: input.secrets.erlangCookie },
      {
        path: configFile,
        mode: 0o600,
        text: withUserConfig(
          renderTemplate('rabbitmq/rabbitmq.conf.eta', {
            port: ports.amqp,
            // Relative to the working folder: this file's format has no quotes, and a # begins a comment.
            definitionsFile: relative(paths.dir, definitionsFile),
            memoryBytes: input.profile.rabbitmqMemoryBytes,
          }),
          input.userConfig,
        ),
      },
      { path: definitionsFile, mode: 0o600, text: rabbitmqDefinitions(input.secrets) },
      { path: pluginsFile, mode: 0o600, text: '[].\n' },
      { path: preloadFile, mode: 0o600, text: renderTemplate('rabbitmq/preload.eval', {}) },
    ],
    ports: [ports.amqp, ports.distribution, ports.portMapper],
    outputLog: join(paths.log, 'output.log'),
    serverLog: join(paths.log, 'rabbitmq.log'),
    readiness: {
      kind: 'tcp',
      host: '127.0.0.1',
      port: ports.amqp,
      // The protocol header of AMQP 0-9-1; the answer is a method frame, type 1.
      send: 'AMQP\x00\x00\x09\x01',
      expect: '^\\x01',
    },
    readyLimitMs: 90_000,
    stop: { signal: 'SIGTERM', graceMs: 15_000 },
    companion: {
      command: programs.portMapperPath,
      args: ['-port', String(ports.portMapper), '-address', '127.0.0.1'],
      env: { HOME: home, ...epmd },
      // A request for all names; the answer begins with the mapper's own port, four bytes.
      readiness: {
        kind: 'tcp',
        host: '127.0.0.1',
        port: ports.portMapper,
        send: '\x00\x01n',
        expect: '^[\\s\\S]{4}',
      },
    },
  }
}

/**
 * RabbitMQ puts its data folder into a shell command (`df`) with too few quotes, and then hangs at boot. A path
 * with quotes in it is therefore given by way of the working folder, which every process finds in `/proc`.
 */
function shellSafe(workingDir: string, path: string): string {
  return /["'`$\\]/.test(path) ? join('/proc/self/cwd', relative(workingDir, path)) : path
}

/** The start script splits them at spaces, so none may contain one. */
function erlangArguments(profile: Profile): readonly string[] {
  const schedulers = profile.name === 'full' ? 4 : 2
  return [
    '-kernel inet_dist_use_interface {127,0,0,1}',
    // Never a port mapper of its own: it would stay behind, and serve every Erlang node of this host.
    '-start_epmd false',
    `+S ${schedulers}:${schedulers}`,
    '-eval file:eval(os:getenv("CORELAB_PRELOAD")).',
    '-s rabbit boot',
  ]
}
