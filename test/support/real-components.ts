import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseChoice } from '../../src/components/mysql/installation.js'
import { detectMysql } from '../../src/components/mysql/installation.js'
import { planMysqlComponent } from '../../src/components/mysql/mysql-component.js'
import { prepareDataDir } from '../../src/components/mysql/prepared-data-dir.js'
import type { ComponentSpec } from '../../src/model/component-spec.js'
import { nodeNames } from '../../src/model/node.js'
import { profiles } from '../../src/model/profile.js'
import type { Secrets } from '../../src/model/secrets.js'
import { NativeRuntime } from '../../src/runtime/native/native-runtime.js'
import type { RunningComponent } from '../../src/runtime/runtime.js'
import { awaitComponent } from '../../src/sys/component-failure.js'
import { copyTree, ensurePrivateDir, removeTree } from '../../src/sys/files.js'
import { endFirstStart } from '../../src/sys/first-start.js'
import { socketDirOf, statePaths } from '../../src/sys/state-dir.js'
import { testContext } from './fake-component.js'
import { freePort } from './free-port.js'
import { testSecrets } from './secrets.js'

/** A temp folder in which real servers are run; `dispose` stops what was started and deletes everything. */
export interface Bench {
  /** A state dir with a name that no script expects. */
  readonly stateDir: string
  /** Starts a component and waits until it answers. */
  start(spec: ComponentSpec): Promise<RunningComponent>
  dispose(): Promise<void>
}

/** Blanks, quotes, a comment sign, what a shell expands, letters beyond ASCII: everything that a path may have. */
const oddName = `bank o'clock #1 "x" \\ $HOME é 核心`

export async function openBench(subfolder: string = oddName): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'corelab-bench-'))
  const stateDir = join(root, subfolder, '.corelab', 'dev')
  const runtime = new NativeRuntime()
  const running: RunningComponent[] = []
  await ensurePrivateDir(socketDirOf(stateDir))
  return {
    stateDir,
    async start(spec) {
      const context = testContext()
      const component = await runtime.start(spec, context)
      running.push(component)
      await awaitComponent(spec, { ...context, exited: component.exited })
      await endFirstStart(spec)
      return component
    },
    async dispose() {
      await Promise.all(running.map((component) => component.stop()))
      await removeTree(socketDirOf(stateDir))
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The cache of this machine's tests, so that system tables are made once and not by each file. */
export const testCacheDir = join(tmpdir(), `corelab-test-cache-${process.getuid?.() ?? 0}`)

/** A database node's spec, with its data dir in place. */
export async function databaseSpec(
  stateDir: string,
  options: {
    readonly index?: number
    readonly secrets?: Secrets
    readonly choice?: DatabaseChoice
    /** The data dir is there already. */
    readonly keepData?: boolean
  } = {},
): Promise<ComponentSpec> {
  const programs = await detectMysql(options.choice)
  const node = nodeNames[options.index ?? 0]!
  const paths = statePaths(stateDir).component(node)
  const prepared = await prepareDataDir({ cacheDir: testCacheDir, programs })
  if (!options.keepData) await copyTree(prepared, paths.data)
  return planMysqlComponent({
    node,
    engine: programs.engine,
    program: programs.server.path,
    paths,
    socketPath: join(socketDirOf(stateDir), `${node}.sock`),
    port: await freePort(),
    controlPort: await freePort(),
    loadDir: statePaths(stateDir).loadDir,
    profile: { ...profiles.tiny, maxConnections: 10 },
    secrets: options.secrets ?? testSecrets,
    asRoot: process.getuid?.() === 0,
    directIo: true,
    userConfig: '',
  })
}
