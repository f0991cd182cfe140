import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import { writeFileAtomic } from '../../sys/files.js'
import { isAlive, startTicksOf } from '../../sys/processes.js'

/** A folder through which the threads of a run hand over what their clients were told. */
export interface AckFolder {
  readonly dir: string
  /** What each thread wrote, by thread; null for one that died before. */
  read<T>(threads: number): Promise<(T | null)[]>
  /** Never rejects. */
  remove(): Promise<void>
}

/** Takes those of runs that were killed away, too. */
export async function makeAckFolder(): Promise<AckFolder> {
  await removeLeftFolders()
  const { pid } = process
  const owner = `${pid}-${present(startTicksOf(pid), 'own start time')}`
  const dir = await mkdtemp(join(tmpdir(), `${namePrefix}${owner}-`))
  return {
    dir,
    read: <T>(threads: number) =>
      Promise.all(Array.from({ length: threads }, (_, thread) => readOne<T>(fileOf(dir, thread)))),
    remove: () => rm(dir, { recursive: true, force: true }).catch(() => undefined),
  }
}

const namePrefix = 'corelab-bench-acks-'

async function removeLeftFolders(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names.filter((each) => each.startsWith(namePrefix))) {
    const [pid, startTicks = ''] = name.slice(namePrefix.length).split('-')
    if (isAlive({ pid: Number(pid), startTicks })) continue
    // Somebody else's stays.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
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
