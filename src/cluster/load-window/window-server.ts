import { join } from 'node:path'
import type { SqlConnection } from '../../clients/mysql/connection.js'
import { openConnection } from '../../clients/mysql/connection.js'
import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { NodeName } from '../../model/node.js'
import type { ExitFact } from '../../model/process-record.js'
import { NativeRuntime } from '../../runtime/native/native-runtime.js'
import type { RunningComponent } from '../../runtime/runtime.js'
import { awaitComponent, describeExit } from '../../sys/component-failure.js'
import type { ComponentPaths } from '../../sys/state-dir.js'
import { statePaths } from '../../sys/state-dir.js'

/** A database server that nobody else can reach: on its own copy of the data, without binlog and without network. */
export interface WindowServer {
  /** A session of the loader. */
  connect(): Promise<SqlConnection>
  /** In order, so that the data is whole. Throws LOAD_FAILED when the server ended otherwise. */
  stop(): Promise<void>
  /** However that goes: what it did is not wanted any more. */
  end(): Promise<void>
}

export interface WindowServerOptions {
  readonly plan: BootPlan
  /** Whose data and settings it has. */
  readonly node: NodeName
  readonly password: string
  /** Room for many rows, or null for the settings of every day. */
  readonly room: { readonly bufferPoolBytes: number; readonly redoLogBytes: number } | null
}

/** Recovery of a server that was killed rolls back a sub-table at most, and reads its redo log before. */
const readyLimitMs = 600_000
/** Writes out a full buffer pool. */
const stopGraceMs = 600_000
/** One statement loads a whole sub-table: a million rows in six seconds here; a slow disk may take a hundred times that. */
const statementLimitMs = 900_000
const connectTimeoutMs = 30_000
const endPollMs = 20

/** The folders of the load: its server's, and in `data` the copy that is filled. */
export function windowPaths(plan: BootPlan): ComponentPaths {
  return statePaths(plan.stateDir).component('load-window')
}

/** Starts it on `windowPaths(plan).data`. Throws COMPONENT_START_FAILED, COMPONENT_NOT_READY. */
export async function startWindowServer(
  options: WindowServerOptions,
  context: Context,
): Promise<WindowServer> {
  const spec = planWindowServer(options)
  const component = await new NativeRuntime(context.clock).start(spec, context)
  try {
    const { clock, signal } = context
    await awaitComponent(spec, { exited: component.exited, signal, clock, onWaiting: () => undefined })
  } catch (error) {
    await ended(component, context)
    throw error
  }
  const socketPath = socketOf(options.plan)
  return {
    connect: () =>
      openConnection(
        { socketPath, user: databaseAccounts.loader, password: options.password },
        { connectTimeoutMs, statementLimitMs, signal: context.signal },
      ),
    stop: () => stopInOrder(component, context),
    end: async () => {
      await ended(component, context)
    },
  }
}

/** However the work ends, no server is left. One that did not stop in order has left nothing that may be copied. */
export async function withServer<T>(
  options: WindowServerOptions,
  context: Context,
  work: (server: WindowServer) => Promise<T>,
): Promise<T> {
  const server = await startWindowServer(options, context)
  let result: T
  try {
    result = await work(server)
  } catch (error) {
    await server.end()
    throw error
  }
  await server.stop()
  return result
}

async function stopInOrder(component: RunningComponent, context: Context): Promise<void> {
  const exit = await ended(component, context)
  if (exit.code === 0) return
  throw corelabError('LOAD_FAILED', {
    message: `The server of the load did not end in order (${describeExit(exit)})`,
    fix: ['run the same command again: it goes on from the last finished sub-table'],
  })
}

/** Asks now and then: servers are made to outlive us, so waiting for the end of one does not keep this process from ending. */
async function ended(component: RunningComponent, { clock }: Context): Promise<ExitFact> {
  let exit: ExitFact | null = null
  void component.stop().then((fact) => {
    exit = fact
  })
  while (exit === null) await clock.sleep(endPollMs)
  return exit
}

/** The node's own server, with its own settings, moved to the folders and the socket of the load. */
export function planWindowServer({ plan, node, room }: WindowServerOptions): ComponentSpec {
  const own = present(
    plan.components.find(({ name }) => name === node),
    node,
  )
  const from = statePaths(plan.stateDir).component(node)
  const paths = windowPaths(plan)
  const ownSocket = present(
    plan.nodes.find(({ name }) => name === node),
    node,
  ).endpoint.socketPath
  const moved = (text: string) =>
    text.replaceAll(`${from.dir}/`, `${paths.dir}/`).replaceAll(ownSocket, socketOf(plan))
  return {
    ...own,
    args: [...own.args.map(moved), ...aloneArgs, ...engineArgs[plan.engine], ...roomArgs(plan, room)],
    cwd: paths.dir,
    env: { ...own.env, HOME: paths.run },
    dirs: [paths.dir, ...own.dirs.filter((dir) => dir !== from.dir).map(moved)],
    files: own.files.map((file) => ({ ...file, path: moved(file.path), text: moved(file.text) })),
    ports: [],
    outputLog: moved(own.outputLog),
    serverLog: moved(own.serverLog),
    readiness: { kind: 'unix', socketPath: socketOf(plan), send: null, expect: '^[\\s\\S]{4}\\x0a' },
    readyLimitMs,
    stop: { signal: 'SIGTERM', graceMs: stopGraceMs },
  }
}

/**
 * Nothing is written to the binlog, so the position of the data in the history stays what it is: all nodes get the same
 * files. Everything else that makes a crash harmless stays on. It costs nothing here: a commit per sub-table is rare, and
 * the pages of a growing table are new, which the server never writes twice.
 */
const aloneArgs = ['--skip-networking', '--skip-log-bin', '--read-only=OFF']

const engineArgs = { mariadb: [], mysql: ['--super-read-only=OFF'] } as const

function roomArgs({ engine }: BootPlan, room: WindowServerOptions['room']): string[] {
  if (room === null) return []
  const redo = engine === 'mariadb' ? 'innodb-log-file-size' : 'innodb-redo-log-capacity'
  return [`--innodb-buffer-pool-size=${room.bufferPoolBytes}`, `--${redo}=${room.redoLogBytes}`]
}

function socketOf(plan: BootPlan): string {
  return join(plan.socketDir, 'load.sock')
}
