import { once } from 'node:events'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { silent } from '../../kit/events.js'
import type { FileFormat } from '../../population/files/file-format.js'
import { PartProgress } from '../../population/files/part-progress.js'
import { streamTable, type WrittenTable } from '../../population/files/table-stream.js'
import { writePopulationFiles } from '../../population/files/write-files.js'
import type { PopulationTable } from '../../population/tables/population-table.js'
import { populationTables } from '../../population/tables/population-tables.js'
import { lineJobs } from '../../population/threads/jobs.js'
import { openRunners, type PartRunner } from '../../population/threads/runner.js'
import type { Answer } from '../answer.js'
import { generatedAnswer, streamedAnswer } from '../render/users/generated.js'
import type { WantedPopulation } from './population-flags.js'
import { tableOf } from './table-flag.js'

export interface GenerateWishes {
  readonly wanted: WantedPopulation
  readonly format: FileFormat | null
  /** null: all of them, or none was named. */
  readonly table: string | null
  /** null: stdout. */
  readonly dir: string | null
  readonly workers: number
  readonly json: boolean
  readonly stdout: NodeJS.WriteStream
}

/**
 * Writes the tables as files, or one of them to stdout. Needs neither a project nor a server. Throws USAGE,
 * DISK_TOO_SMALL, PERMISSION_DENIED, CANCELLED.
 */
export async function generateUsers(wishes: GenerateWishes, context: Context): Promise<Answer> {
  const { wanted, dir } = wishes
  const table = wishes.table === null ? null : tableOf(wishes.table)
  if (dir === null) refuseStdout(table, wishes.json)
  const runners = openRunners(wanted.spec, wishes.workers)
  try {
    if (dir === null)
      return streamedAnswer(await toStdout(table as PopulationTable, wishes, runners, context))
    const format = wishes.format ?? 'tsv'
    const tables = table === null ? populationTables : [table]
    const files = { ...wanted, format, tables, dir }
    return generatedAnswer(await writePopulationFiles(files, runners, context), wanted, dir)
  } finally {
    await Promise.all(runners.map((runner) => runner.end()))
  }
}

/** One table, for pipes. On a terminal the rows are all there is to see. */
function toStdout(
  table: PopulationTable,
  { wanted, format, stdout }: GenerateWishes,
  runners: readonly PartRunner[],
  context: Context,
): Promise<WrittenTable> {
  const { customers } = wanted.spec
  const stream = { table, format: format ?? 'jsonl', customers } as const
  const emit = stdout.isTTY === true ? silent : context.emit
  const parts = lineJobs(table, stream.format, customers).length
  const progress = new PartProgress({ step: 'population.stream', parts }, { ...context, emit })
  return streamTable(stream, runners, {
    write: async (bytes) => {
      if (!stdout.write(bytes)) await once(stdout, 'drain', { signal: context.signal })
    },
    onPart: (part) => progress.add(part),
    signal: context.signal,
  })
}

function refuseStdout(table: PopulationTable | null, json: boolean): void {
  if (json)
    throw corelabError('USAGE', {
      message: 'With --json the rows need a folder',
      detail: 'stdout holds the answer then.',
      fix: ['corelab users generate --json --out DIR', 'corelab users generate --table cif.customer | jq .'],
    })
  if (table === null)
    throw corelabError('USAGE', {
      message: 'Where shall the rows go?',
      detail: 'All tables go to files in a folder of their own; one table can go to stdout.',
      fix: ['corelab users generate --out DIR', 'corelab users generate --table cif.customer | head'],
    })
}
