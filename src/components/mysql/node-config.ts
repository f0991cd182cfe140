import { join } from 'node:path'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { NodeName } from '../../model/node.js'
import { serverIdOf } from '../../model/node.js'
import type { Profile } from '../../model/profile.js'
import type { ComponentPaths } from '../../sys/state-dir.js'
import { renderTemplate } from '../../sys/templates.js'

export interface NodeConfigInput {
  readonly engine: DatabaseEngine
  readonly node: NodeName
  readonly paths: ComponentPaths
  readonly socketPath: string
  readonly port: number
  readonly controlPort: number
  readonly loadDir: string
  readonly initFile: string
  readonly errorLog: string
  readonly tmpDir: string
  readonly profile: Profile
  readonly asRoot: boolean
  readonly directIo: boolean
}

const mib = 1024 * 1024

/** The text of a node's option file, `templates/mysql/<engine>.cnf.eta`. Comments there say why. */
export function renderNodeConfig(input: NodeConfigInput): string {
  const { profile, paths } = input
  return renderTemplate(`mysql/${input.engine}.cnf.eta`, {
    node: input.node,
    serverId: serverIdOf(input.node),
    asRoot: input.asRoot,
    directIo: input.directIo,
    dataDir: paths.data,
    tmpDir: input.tmpDir,
    pidFile: join(paths.run, 'server.pid'),
    errorLog: input.errorLog,
    socketPath: input.socketPath,
    initFile: input.initFile,
    loadDir: input.loadDir,
    port: input.port,
    controlPort: input.controlPort,
    profileName: profile.name,
    bufferPoolBytes: profile.bufferPoolBytes,
    redoLogBytes: profile.redoLogBytes,
    maxConnections: profile.maxConnections,
    // Whoever comes back, qlink before all, is sent through the file that holds its position before anything new (ADR 8).
    binlogBytesMax: 64 * mib,
    // Some relay files: a replica that cannot keep up stops receiving instead of filling the disk.
    relayLogBytesMax: profile.name === 'tiny' ? 256 * mib : 1024 * mib,
    quote: quoteOption,
  })
}

/** A value of an option file: spaces and `#` need quotes, and a backslash begins an escape. */
function quoteOption(value: string): string {
  return `"${value.replaceAll('\\', '\\\\')}"`
}
