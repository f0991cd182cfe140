import { join } from 'node:path'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { NetworkPlan } from '../../model/network.js'
import type { ComponentPaths } from '../../sys/state-dir.js'

export interface FaultProxyComponentInput {
  /** The Node program, `process.execPath`. */
  readonly program: string
  /** Path of the proxy's entry file, `dist/cluster/fault-proxy-main.js`. */
  readonly entryFile: string
  readonly paths: ComponentPaths
  readonly network: NetworkPlan
}

/** The process that every connection to a database node goes through in an environment for drills. */
export function planFaultProxyComponent(input: FaultProxyComponentInput): ComponentSpec {
  const { paths, network } = input
  const log = join(paths.log, 'network.log')
  const planFile = join(paths.conf, 'network.json')
  return {
    name: 'network',
    kind: 'fault-proxy',
    command: input.program,
    args: [input.entryFile, planFile],
    env: { NODE_ENV: 'production' },
    cwd: paths.dir,
    dirs: [paths.dir, paths.conf, paths.log],
    dataMadeAtFirstStart: null,
    files: [{ path: planFile, mode: 0o600, text: `${JSON.stringify(network, null, 2)}\n` }],
    ports: network.edges.flatMap(({ listen }) => (listen.kind === 'tcp' ? [listen.port] : [])),
    outputLog: log,
    serverLog: log,
    readiness: {
      kind: 'unix',
      socketPath: network.apiSocket,
      send: 'GET /health HTTP/1.0\r\n\r\n',
      expect: '^HTTP/1\\.1 200',
    },
    readyLimitMs: 15_000,
    stop: { signal: 'SIGTERM', graceMs: 3_000 },
    companion: null,
  }
}
