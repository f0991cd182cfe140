import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import { diskFreeBytes, ensureDir, errnoOf, isThere, removeTree, writeFileAtomic } from '../../sys/files.js'
import type { PopulationSpec } from '../population.js'
import type { PopulationTable } from '../tables/population-table.js'
import { lineJobs } from '../threads/jobs.js'
import type { PartRunner } from '../threads/runner.js'
import type { FileFormat } from './file-format.js'
import { type Manifest, type ManifestTable, manifestOf, manifestTable } from './manifest.js'
import { PartProgress } from './part-progress.js'
import { streamTable } from './table-stream.js'

export interface FileWishes {
  readonly spec: PopulationSpec
  readonly seedText: string | null
  readonly tables: readonly PopulationTable[]
  readonly format: FileFormat
  /** Made by this; there is nothing in it before. */
  readonly dir: string
}

/** The step under which files show their progress. */
const step = 'population.files'

/**
 * Writes a file for each table, and a manifest, into a folder of their own. The folder has its name only when all of it
 * is there: until then it lies beside under another one, and is taken away when anything goes wrong. Throws USAGE when
 * there is something already, DISK_TOO_SMALL, PERMISSION_DENIED, CANCELLED.
 */
export async function writePopulationFiles(
  wishes: FileWishes,
  runners: readonly PartRunner[],
  context: Context,
): Promise<Manifest> {
  const dir = resolve(wishes.dir)
  await refuseTaken(dir)
  await ensureDir(dirname(dir))
  await removeLeftovers(dir)
  const draft = draftOf(dir, process.pid)
  try {
    await ensureDir(draft)
    await refuseTooLarge(wishes, runners, draft)
    const manifest = await asStep(
      context.emit,
      { step, title: `Write ${formatCount(wishes.spec.customers)} customers to ${wishes.dir}` },
      context.clock,
      () => writeAll(wishes, runners, draft, context),
      ({ tables }) => summaryOf(tables),
    )
    await rename(draft, dir)
    return manifest
  } finally {
    await removeTree(draft)
  }
}

async function writeAll(
  { spec, seedText, tables, format }: FileWishes,
  runners: readonly PartRunner[],
  dir: string,
  context: Context,
): Promise<Manifest> {
  const { customers } = spec
  const parts = tables.reduce((sum, table) => sum + lineJobs(table, format, customers).length, 0)
  const progress = new PartProgress({ step, parts }, context)
  const written: ManifestTable[] = []
  for (const table of tables) {
    const path = join(dir, `${table.name}.${format}`)
    const file = await open(path, 'wx')
    try {
      const result = await streamTable({ table, format, customers }, runners, {
        write: async (bytes) => void (await file.writeFile(bytes)),
        onPart: (part) => progress.add(part),
        signal: context.signal,
      })
      written.push(manifestTable(table, format, result))
    } catch (error) {
      throw errnoOf(error) === 'ENOSPC' ? diskFull(path, error) : error
    } finally {
      await file.close()
    }
  }
  const manifest = manifestOf({ spec, seedText }, format, written)
  await writeFileAtomic(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

async function refuseTaken(dir: string): Promise<void> {
  if (!(await isThere(dir))) return
  const entries = await readdir(dir).catch(() => ['a file'])
  if (entries.length === 0) return
  throw corelabError('USAGE', {
    message: `${dir} is not empty`,
    detail: 'The files get a folder of their own, so that nothing is mixed with them.',
    fix: ['--out ANOTHER-FOLDER', `rm -r ${dir}`],
  })
}

/** What the first customers need tells what all of them need. */
async function refuseTooLarge(
  { spec, tables, format }: FileWishes,
  runners: readonly PartRunner[],
  dir: string,
): Promise<void> {
  const customers = Math.min(spec.customers, 1000)
  let bytes = 0
  for (const table of tables) {
    const { signal } = new AbortController()
    const sample = { table, format, customers }
    bytes += (await streamTable(sample, runners, { write: async () => undefined, signal })).bytes
  }
  const perCustomer = bytes / customers
  const needed = perCustomer * spec.customers
  const free = await diskFreeBytes(dir)
  if (needed <= free) return
  throw corelabError('DISK_TOO_SMALL', {
    message: `The files need about ${formatBytes(needed)}; there are ${formatBytes(free)} free`,
    detail: `${formatBytes(perCustomer)} for each customer, in ${dirname(dir)}.`,
    fix: [`--count ${Math.floor((free / perCustomer) * 0.95)}`, `df -h ${dirname(dir)}`],
  })
}

const draftOf = (dir: string, pid: number) => join(dirname(dir), `.${basename(dir)}.${pid}.partial`)

/** Of a process that was killed. */
async function removeLeftovers(dir: string): Promise<void> {
  const prefix = `.${basename(dir)}.`
  for (const entry of await readdir(dirname(dir))) {
    const pid = entry.startsWith(prefix)
      ? /^(\d+)\.partial$/.exec(entry.slice(prefix.length))?.[1]
      : undefined
    if (pid === undefined || (await isThere(`/proc/${pid}`))) continue
    await rm(join(dirname(dir), entry), { recursive: true, force: true })
  }
}

function diskFull(path: string, cause: unknown) {
  return corelabError('DISK_TOO_SMALL', {
    message: `No space left for ${path}`,
    fix: [`df -h ${dirname(path)}`, 'a smaller --count'],
    cause,
  })
}

function summaryOf(tables: readonly ManifestTable[]): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0)
  return `${formatCount(rows)} rows, ${formatBytes(bytes)}`
}
