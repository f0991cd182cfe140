import { join } from 'node:path'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { ComponentPaths } from '../../sys/state-dir.js'

export interface SubsystemHostComponentInput {
  /** The Node program, `process.execPath`. */
  readonly program: string
  /** Path of the host's entry file, `dist/subsystems/host-main.js`. */
  readonly entryFile: string
  readonly stateDir: string
  readonly paths: ComponentPaths
  readonly port: number
}

/** The process in which the 21 subsystems answer. Nothing to look for on the host: Node runs us, so it is there. */
export function planSubsystemHostComponent(input: SubsystemHostComponentInput): ComponentSpec {
  const { paths, port } = input
  const log = join(paths.log, 'host.log')
  return {
    name: 'subsystems',
    kind: 'subsystem-host',
    command: input.program,
    args: [input.entryFile, input.stateDir],
    env: { NODE_ENV: 'production' },
    cwd: paths.dir,
    dirs: [paths.dir, paths.log, paths.run],
    dataMadeAtFirstStart: null,
    files: [],
    ports: [port],
    outputLog: log,
    serverLog: log,
    readiness: { kind: 'http', url: `http://127.0.0.1:${port}/health/ready` },
    readyLimitMs: 30_000,
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    companion: null,
  }
}
