import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { cancelled, corelabError } from '../../kit/errors.js'

/** What happened since the checkpoint before, as our Lua script prints it. */
export interface SysbenchCheckpoint {
  readonly seconds: number
  readonly events: number
  readonly reads: number
  readonly writes: number
  readonly other: number
  readonly p95Ms: number
  readonly errors: number
  readonly reconnects: number
}

export interface SysbenchProcess {
  readonly pid: number
  /** The next one. Rejects with PROGRAM_MISSING, and with PEER_FAILED when the program ends before. */
  checkpoint(): Promise<SysbenchCheckpoint>
  /** Never rejects. */
  readonly finished: Promise<void>
  stop(): void
}

/** Starts sysbench; it ends with the signal. */
export function startSysbench(args: readonly string[], signal: AbortSignal): SysbenchProcess {
  const child = spawn('sysbench', [...args, 'run'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  const ready: SysbenchCheckpoint[] = []
  const waiting: { resolve(value: SysbenchCheckpoint): void; reject(error: Error): void }[] = []
  let over: Error | null = null
  const take = (line: string) => {
    if (!line.startsWith('{')) return void said.push(line)
    const checkpoint = JSON.parse(line) as SysbenchCheckpoint
    const next = waiting.shift()
    if (next) next.resolve(checkpoint)
    else ready.push(checkpoint)
  }
  createInterface({ input: child.stdout }).on('line', take)
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
  const stop = () => void child.kill('SIGKILL')
  signal.addEventListener('abort', stop)
  const finished = new Promise<void>((resolve) => {
    const end = (error: Error) => {
      over = error
      signal.removeEventListener('abort', stop)
      for (const each of waiting.splice(0)) each.reject(error)
      resolve()
    }
    child.once('error', () => end(missing()))
    child.once('close', (code) => end(signal.aborted ? cancelled() : endedEarly(code, said)))
  })
  return {
    pid: child.pid ?? 0,
    checkpoint: () =>
      new Promise((resolve, reject) => {
        const next = ready.shift()
        if (next) resolve(next)
        else if (over) reject(over)
        else waiting.push({ resolve, reject })
      }),
    finished,
    stop,
  }
}

function missing(): Error {
  return corelabError('PROGRAM_MISSING', {
    message: 'sysbench is not installed',
    detail: 'It is the outside program that figures are compared with.',
    fix: ['apt-get install sysbench', 'corelab bench compare db-read --against mysql2'],
  })
}

function endedEarly(code: number | null, said: readonly string[]): Error {
  return corelabError('PEER_FAILED', {
    message: `sysbench ended with status ${code ?? 'none'} before it had measured anything`,
    detail: said
      .filter((line) => line.trim() !== '')
      .slice(-8)
      .join('\n'),
  })
}
