import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/project/package-root.js'

/** What a pseudo terminal received, and how the command ended. */
export interface TerminalRun {
  readonly code: number | null
  /** Raw, with escape sequences; stdout and stderr together, as a terminal has them. */
  readonly output: string
}

/** Runs the real `corelab` on a pseudo terminal of a given size, with `script` of util-linux. */
export function onTerminal(
  argv: readonly string[],
  options: {
    readonly cwd: string
    readonly env?: Readonly<Record<string, string>>
    readonly columns?: number
    readonly rows?: number
    /** Typed into the terminal when the output so far first matches. */
    readonly type?: { readonly when: RegExp; readonly keys: string }
  },
): Promise<TerminalRun> {
  const { columns = 80, rows = 24 } = options
  const command = [process.execPath, join(packageRoot, 'bin', 'run.js'), ...argv].map(quoted).join(' ')
  const child = spawn(
    'script',
    ['-qfec', `stty cols ${columns} rows ${rows}; exec ${command}`, '/dev/null'],
    {
      cwd: options.cwd,
      env: { ...process.env, CI: '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  let output = ''
  let typed = false
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    if (typed || options.type === undefined || !options.type.when.test(output)) return
    typed = true
    child.stdin.write(options.type.keys)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
