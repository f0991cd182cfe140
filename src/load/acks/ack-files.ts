import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomic } from '../../sys/files.js'

/** A folder through which the threads of a run hand over what their clients were told. */
export interface AckFolder {
  readonly dir: string
  /** What each thread wrote, by thread; null for one that died before. */
  read<T>(threads: number): Promise<(T | null)[]>
  /** Never rejects. */
  remove(): Promise<void>
}

export async function makeAckFolder(): Promise<AckFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-bench-acks-'))
  return {
    dir,
    read: <T>(threads: number) =>
      Promise.all(Array.from({ length: threads }, (_, thread) => readOne<T>(fileOf(dir, thread)))),
    remove: () => rm(dir, { recursive: true, force: true }).catch(() => undefined),
  }
}

/** At the end of a thread's workload. */
export function writeAcks(dir: string, thread: number, data: unknown): Promise<void> {
  return writeFileAtomic(fileOf(dir, thread), JSON.stringify(data))
}

function fileOf(dir: string, thread: number): string {
  return join(dir, `thread-${thread}.json`)
}

async function readOne<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as T)
}
