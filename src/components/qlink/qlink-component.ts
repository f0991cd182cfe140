import { join } from 'node:path'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { ComponentPaths } from '../../sys/state-dir.js'

export interface QlinkComponentInput {
  /** The Node program, `process.execPath`. */
  readonly program: string
  /** Path of qlink's entry file, `dist/cluster/qlink-main.js`. */
  readonly entryFile: string
  readonly stateDir: string
  readonly socketDir: string
  readonly paths: ComponentPaths
}

/**
 * The process that acknowledges the master's commits. It answers as soon as its socket is there, before it has checked its
 * log; what changes something waits for that. It opens no port.
 */
export function planQlinkComponent(input: QlinkComponentInput): ComponentSpec {
  const { paths } = input
  const log = join(paths.log, 'qlink.log')
  return {
    name: 'qlink',
    kind: 'qlink',
    command: input.program,
    args: [input.entryFile, input.stateDir],
    env: { NODE_ENV: 'production' },
    cwd: paths.dir,
    dirs: [paths.dir, paths.data, paths.log, paths.run],
    dataMadeAtFirstStart: null,
    files: [],
    ports: [],
    outputLog: log,
    serverLog: log,
    readiness: {
      kind: 'unix',
      socketPath: join(input.socketDir, 'qlink.sock'),
      send: 'GET /status HTTP/1.0\r\n\r\n',
      expect: '^HTTP/1\\.1 200 ',
    },
    readyLimitMs: 30_000,
    // What was received is synced and acknowledged before it ends.
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    companion: null,
  }
}
