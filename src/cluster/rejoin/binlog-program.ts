import { spawn } from 'node:child_process'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { Context } from '../../kit/context.js'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { lastLines } from '../../sys/log-tail.js'
import { locateProgram } from '../../sys/program-version.js'
import type { ProgramNeed } from '../../sys/programs.js'

/** The engine's own reader of binlog files, looked for beside its server first. */
export interface BinlogProgram {
  readonly engine: DatabaseEngine
  /** Path of the server program. */
  readonly server: string
}

const binlogPrograms: Readonly<Record<DatabaseEngine, ProgramNeed>> = {
  mariadb: {
    title: 'MariaDB',
    names: ['mariadb-binlog'],
    extraDirs: [],
    versionMin: '10.11',
    packages: ['mariadb-client'],
  },
  mysql: {
    title: 'MySQL',
    names: ['mysqlbinlog'],
    extraDirs: [],
    versionMin: '8.4',
    packages: ['mysql-client'],
  },
}

/**
 * Writes the events of a binlog file as text, rows as commented statements. False, with a warning, when this host has no
 * program for it: the binlog file itself is there for later. Throws BINLOG_DAMAGED when the program refuses the file.
 */
export async function writeBinlogText(
  job: BinlogProgram & { readonly binlog: string; readonly text: string },
  context: Pick<Context, 'emit'>,
): Promise<boolean> {
  const temporary = `${job.text}.tmp`
  let program: string
  try {
    program = located(job)
  } catch (error) {
    const message = `${reasonOf(error)}: ${job.binlog} has no text beside it`
    context.emit({ kind: 'warning', code: 'PROGRAM_MISSING', message })
    return false
  }
  const out = await open(temporary, 'w', 0o600)
  try {
    const args = ['--no-defaults', '--base64-output=DECODE-ROWS', '--verbose', job.binlog]
    await finished(spawn(program, args, { stdio: ['ignore', out.fd, out.fd] }), temporary)
    await out.sync()
  } finally {
    await out.close()
  }
  await rename(temporary, job.text)
  return true
}

/**
 * The statements that undo a binlog file of row changes, last change first, each a complete BINLOG statement. The first
 * one is the format of those that follow. Throws PROGRAM_MISSING, BINLOG_DAMAGED.
 */
export async function* undoStatements(
  job: Pick<BinlogProgram, 'server'> & { readonly binlog: string },
): AsyncGenerator<string> {
  const program = located({ engine: 'mariadb', server: job.server })
  const child = spawn(program, ['--no-defaults', '--flashback', job.binlog], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = finished(child, null)
  // Awaited at the end only; until then its failure is nobody's.
  ended.catch(() => undefined)
  try {
    let statement: string[] | null = null
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === "BINLOG '") statement = [line]
      else if (statement && line.startsWith("'")) {
        yield [...statement, "'"].join('\n')
        statement = null
      } else statement?.push(line)
    }
    await ended
  } finally {
    child.kill('SIGKILL')
  }
}

function located({ engine, server }: BinlogProgram): string {
  return locateProgram({ ...binlogPrograms[engine], extraDirs: [dirname(server)] })
}

function finished(child: ReturnType<typeof spawn>, output: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', async (code) => {
      if (code === 0) return resolve()
      const lines = output === null ? [] : await lastLines(output, 5).catch(() => [])
      reject(
        corelabError('BINLOG_DAMAGED', {
          message: `${child.spawnfile} cannot read the events: exit code ${code}`,
          detail: lines.join('\n'),
        }),
      )
    })
  })
}
