import { spawn } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../src/project/package-root.js'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with everything that was written so far, on each piece. */
  readonly onOutput?: (
    soFar: string,
    child: { kill(signal: NodeJS.Signals): void; readonly pid: number },
  ) => void
}

/** Runs the real `corelab` as a user would: its own process, no terminal. */
export function corelab(args: readonly string[], options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(packageRoot, 'bin', 'run.js'), ...args], {
      cwd: options.cwd,
      env: { ...process.env, CI: '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    const seen = () => {
      if (child.pid !== undefined)
        options.onOutput?.(stdout + stderr, { pid: child.pid, kill: (signal) => void child.kill(signal) })
    }
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8')
      seen()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8')
      seen()
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A new, empty folder; its real path, so that it compares equal to what corelab prints. */
export async function makeFolder(name = 'corelab-test-'): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), name)))
}

/** A scaffolded project in a new folder, or below `within`; stopped and deleted by `dispose`, whatever the test did to it. */
export async function makeProject(
  subfolder = 'bank',
  within: string | null = null,
): Promise<{ readonly dir: string; dispose(): Promise<void> }> {
  const parent = within ?? (await makeFolder())
  const dir = join(parent, subfolder)
  const made = await corelab(['init', dir, '--yes'], { cwd: parent })
  if (made.code !== 0) throw new Error(`init failed: ${made.stderr}`)
  return {
    dir,
    async dispose() {
      await corelab(['down', '--volumes', '--yes'], { cwd: dir })
      await rm(within === null ? parent : dir, { recursive: true, force: true })
    },
  }
}
