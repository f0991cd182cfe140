import { main } from '../../src/cli/main.js'
import { packageRoot } from '../../src/project/package-root.js'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Surroundings {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a command line in this process, as `bin/run.js` would: many lines in the time of one new process. */
export function runInProcess(argv: readonly string[], surroundings: Surroundings): Promise<Ran> {
  return captured(surroundings, () => main(argv, packageRoot))
}

/** What `work` writes, and the exit status that it sets. */
export async function captured(options: Surroundings, work: () => Promise<unknown>): Promise<Ran> {
  const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode }
  const stdout = capture(process.stdout)
  const stderr = capture(process.stderr)
  try {
    process.chdir(options.cwd)
    Object.assign(process.env, { NODE_ENV: 'production', CI: '', ...options.env })
    process.exitCode = undefined
    await work()
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    stdout.release()
    stderr.release()
    process.chdir(before.cwd)
    process.env = before.env
    process.exitCode = before.exitCode
  }
}

function capture(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const original = stream.write
  const written: string[] = []
  stream.write = ((chunk: string | Uint8Array) => {
    written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    return true
  }) as typeof stream.write
  return {
    text: () => written.join(''),
    release: () => {
      stream.write = original
    },
  }
}
