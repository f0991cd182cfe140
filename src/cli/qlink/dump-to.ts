import { once } from 'node:events'
import { open, rename, rm } from 'node:fs/promises'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { dumpLog } from '../../cluster/qlink/inspect/dump-log.js'
import type { LogSelection } from '../../cluster/qlink/inspect/log-selection.js'
import { openLogView } from '../../cluster/qlink/inspect/log-view.js'
import { corelabError } from '../../kit/errors.js'
import type { Answer } from '../answer.js'
import { qlinkDumpAnswer } from '../render/qlink/dump.js'

export interface DumpOptions {
  readonly place: EnvironmentRef
  readonly selection: LogSelection
  /** null: stdout. */
  readonly file: string | null
  readonly json: boolean
  readonly stdout: NodeJS.WriteStream
  readonly signal: AbortSignal
}

/** Writes a part of the log where it is wanted. Throws USAGE, ENV_NOT_RUNNING, QLINK_NOT_LOGGED, QLINK_LOG_DAMAGED. */
export async function dumpTo(options: DumpOptions): Promise<Answer> {
  const { place, file, json, stdout } = options
  if (file === null && (stdout.isTTY === true || json)) throw binaryToPeople(json)
  const result = file === null ? await dumpToStdout(options) : await dumpToFile(options, file)
  return qlinkDumpAnswer(result, file, place.env)
}

async function dumpToStdout({ place, selection, stdout, signal }: DumpOptions) {
  const { reader } = await openLogView(place)
  const write = async (bytes: Buffer) => {
    if (!stdout.write(bytes)) await once(stdout, 'drain', { signal })
  }
  return dumpLog(reader, selection, { write, signal })
}

/** A file that has its name is whole: it is written under another one first. */
async function dumpToFile({ place, selection, signal }: DumpOptions, path: string) {
  const { reader } = await openLogView(place)
  const draft = `${path}.${process.pid}.tmp`
  const file = await open(draft, 'wx', 0o600)
  try {
    const result = await dumpLog(reader, selection, {
      write: async (bytes) => void (await file.writeFile(bytes)),
      signal,
    })
    await file.close()
    if (result.transactions > 0) await rename(draft, path)
    return result
  } finally {
    await file.close().catch(() => undefined)
    await rm(draft, { force: true })
  }
}

function binaryToPeople(json: boolean) {
  return corelabError('USAGE', {
    message: json ? 'With --json the dump needs a file' : 'A binlog is not for a terminal',
    detail: 'It is a binary file, for mariadb-binlog and the like.',
    fix: ['corelab qlink dump ... --out FILE', 'corelab qlink dump ... | mariadb-binlog -'],
  })
}
