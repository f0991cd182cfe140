import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** The folders of one component. */
export interface ComponentPaths {
  readonly dir: string
  readonly conf: string
  readonly data: string
  readonly log: string
  readonly run: string
}

/** Where everything of an environment is, below its state dir. All paths are absolute if `stateDir` is. */
export interface StatePaths {
  readonly dir: string
  readonly envFile: string
  readonly planFile: string
  readonly runFile: string
  readonly topologyFile: string
  readonly lockFile: string
  /** Held by the keeper for life, so that a second one can only stand by. */
  readonly keeperLockFile: string
  /** Which process stands by. */
  readonly standbyFile: string
  readonly eventsFile: string
  readonly secretsFile: string
  readonly loadDir: string
  /** There while an offline load is under way. */
  readonly loadWindowFile: string
  /** Every epoch and change of roles, for `corelab cluster history`. */
  readonly epochsFile: string
  /** What old masters had beyond the history that goes on. */
  readonly extrasDir: string
  readonly historyDir: string
  readonly reportsDir: string
  readonly keeperLog: string
  component(name: string): ComponentPaths
}

export function statePaths(stateDir: string): StatePaths {
  return {
    dir: stateDir,
    envFile: join(stateDir, 'env.json'),
    planFile: join(stateDir, 'plan.json'),
    runFile: join(stateDir, 'run.json'),
    topologyFile: join(stateDir, 'topology.json'),
    lockFile: join(stateDir, 'lock'),
    keeperLockFile: join(stateDir, 'keeper.lock'),
    standbyFile: join(stateDir, 'standby.json'),
    eventsFile: join(stateDir, 'events.jsonl'),
    secretsFile: join(stateDir, 'secrets', 'secrets.json'),
    loadDir: join(stateDir, 'load'),
    loadWindowFile: join(stateDir, 'load-window.json'),
    epochsFile: join(stateDir, 'epochs.jsonl'),
    extrasDir: join(stateDir, 'extras'),
    historyDir: join(stateDir, 'history'),
    reportsDir: join(stateDir, 'reports'),
    keeperLog: join(stateDir, 'keeper.log'),
    component(name) {
      const dir = join(stateDir, 'components', name)
      return {
        dir,
        conf: join(dir, 'conf'),
        data: join(dir, 'data'),
        log: join(dir, 'log'),
        run: join(dir, 'run'),
      }
    },
  }
}

/** All state of a project, gitignored. */
export function stateRootOf(projectDir: string): string {
  return join(projectDir, '.corelab')
}

export function stateDirOf(options: { readonly projectDir: string; readonly env: string }): string {
  return join(stateRootOf(options.projectDir), options.env)
}

/** `sun_path` holds 108 bytes with its closing zero. */
const socketPathBytesMax = 107
/** The longest socket file name that an environment uses, `keeper.sock`, with room for a later one. */
const socketNameBytesMax = 16

/**
 * The folder for unix sockets: the state dir's own `run/` when it is short enough, else a private folder under
 * the temp dir, named by a hash of the state dir. Makes nothing: see `ensurePrivateDir`.
 */
export function socketDirOf(stateDir: string, tempDir: string = tmpdir()): string {
  const own = join(stateDir, 'run')
  if (fitsSocket(own)) return own
  const hash = createHash('sha256').update(stateDir).digest('hex').slice(0, 12)
  const name = `corelab-${userInfo().uid}-${hash}`
  const preferred = join(tempDir, name)
  return fitsSocket(preferred) ? preferred : join('/tmp', name)
}

function fitsSocket(dir: string): boolean {
  return Buffer.byteLength(dir) + 1 + socketNameBytesMax <= socketPathBytesMax
}
