import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { columnType } from '../../../src/population/files/columns.js'
import { converterOf, type FileFormat, headerOf } from '../../../src/population/files/file-format.js'
import type { Manifest } from '../../../src/population/files/manifest.js'
import { writePopulationFiles } from '../../../src/population/files/write-files.js'
import type { PopulationSpec } from '../../../src/population/population.js'
import { EntityDigests } from '../../../src/population/row-digest.js'
import { populationTables } from '../../../src/population/tables/population-tables.js'
import { openRunners, type PartRunner } from '../../../src/population/threads/runner.js'
import { readRepositoryFile, repositoryDir } from '../../helpers/repository.js'
import { testContext } from '../../support/fake-component.js'
import { temporaryDir } from '../../support/temp-dir.js'

const dir = temporaryDir()
const spec: PopulationSpec = { seed: 7, customers: 12_000, entities: 81, locale: 'en', identity: 'safe' }

const convert = (format: FileFormat, fields: string[], text: string) =>
  converterOf(format, fields)(Buffer.from(text, 'utf8')).toString('utf8')

test('CSV quotes what needs it, and tells NULL from an empty text', () => {
  const fields = ['le_code', 'address', 'balance']

  expect(headerOf('csv', fields)).toBe('le_code,address,balance\n')
  expect(convert('csv', fields, 'E01\t5 High Street, "The Mill"\t12\nE02\t\t\\N\n')).toBe(
    'E01,"5 High Street, ""The Mill""",12\nE02,"",\n',
  )
})

test('JSON Lines have numbers for whole numbers, and null for NULL', () => {
  const text = 'E01\t浙江省 "x"\t12\nE02\t\\N\t0\n'

  expect(
    convert('jsonl', ['le_code', 'address', 'balance'], text)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { le_code: 'E01', address: '浙江省 "x"', balance: 12 },
    { le_code: 'E02', address: null, balance: 0 },
  ])
})

test('the types of the columns are those of the schema', () => {
  const schemaDir = join(repositoryDir, 'templates', 'mysql', 'schema')
  const sql = readdirSync(schemaDir).map((file) => readRepositoryFile(join('templates/mysql/schema', file)))
  for (const table of populationTables) {
    const name = table.subTables === 1 ? table.name : `${table.name}_{{nn}}`
    const body = sql.join('\n').split(`CREATE TABLE IF NOT EXISTS ${name} (`)[1]?.split('ENGINE=')[0] ?? ''
    for (const field of table.fields) {
      const type = new RegExp(`^  ${field} (\\w+)`, 'm').exec(body)?.[1] ?? 'missing'
      const expected = /INT$/.test(type) ? 'integer' : type === 'DATE' ? 'date' : 'text'
      expect(`${table.name}.${field} ${columnType(field)} (${type})`).toBe(
        `${table.name}.${field} ${expected} (${type})`,
      )
    }
  }
})

/** Runners of this thread: each says when it wants to answer. */
function slowed(delays: readonly number[]): PartRunner[] {
  return delays.map((delayMs) => {
    const [runner] = openRunners({ ...spec, customers: 1 }, 1) as [PartRunner]
    return {
      run: async (job) => {
        const part = await runner.run(job)
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        return part
      },
      end: async () => undefined,
    }
  })
}

const write = (name: string, runners: PartRunner[], format: FileFormat = 'tsv', context = testContext()) =>
  writePopulationFiles(
    { spec, seedText: null, tables: populationTables, format, dir: join(dir.path, name) },
    runners,
    context,
  )

test('the same files come from one thread and from three that overtake each other', async () => {
  await write('one', slowed([0]))
  await write('three', slowed([20, 0, 90]))

  for (const file of await readdir(join(dir.path, 'one')))
    expect(
      readFileSync(join(dir.path, 'three', file)).equals(readFileSync(join(dir.path, 'one', file))),
    ).toBe(true)
})

test('the manifest tells rows, bytes and digests of what is in the files', async () => {
  await write('checked', slowed([0, 0]))

  const manifest: Manifest = JSON.parse(await readFile(join(dir.path, 'checked', 'manifest.json'), 'utf8'))
  expect(manifest.population).toMatchObject({ ...spec, seedText: null })
  expect(manifest.tables.map(({ name }) => name)).toEqual(populationTables.map(({ name }) => name))
  for (const { file, bytes, sha256, rows, digest, columns } of manifest.tables) {
    const text = await readFile(join(dir.path, 'checked', file))
    const digests = new EntityDigests()
    digests.addLines(text.subarray(text.indexOf('\n') + 1))
    const total = digests.total()
    expect({ bytes, sha256 }).toEqual({ bytes: text.length, sha256: hash('sha256', text) })
    expect({ rows, xor: digest.crc32Xor, sum: digest.crc32Sum }).toEqual({ ...total, sum: `${total.sum}` })
    expect(text.toString('utf8').split('\n')[0]).toBe(columns.map(({ name }) => name).join('\t'))
  }
})

test('the digests of the rows are the same in every format', async () => {
  const digestsOf = async (format: FileFormat) =>
    (await write(`as-${format}`, slowed([0]), format)).tables.map(({ digest }) => digest)

  expect(await digestsOf('csv')).toEqual(await digestsOf('jsonl'))
})

test('a folder that holds something is refused, and stays as it was', async () => {
  await mkdir(join(dir.path, 'taken'))
  await writeFile(join(dir.path, 'taken', 'mine.txt'), 'mine')

  await expect(write('taken', slowed([0]))).rejects.toMatchObject({ code: 'USAGE' })
  expect(await readdir(join(dir.path, 'taken'))).toEqual(['mine.txt'])
})

test('stopped in the middle, nothing is left: neither the folder nor a part of it', async () => {
  const stop = new AbortController()
  const context = {
    ...testContext(),
    signal: stop.signal,
    emit: (event: { kind: string }) => event.kind === 'step.started' && stop.abort(),
  }

  await expect(write('stopped', slowed([0]), 'tsv', context)).rejects.toMatchObject({ code: 'CANCELLED' })
  expect((await readdir(dir.path)).filter((name) => name.includes('stopped'))).toEqual([])
})

test('what a killed process left is taken away by the next one', async () => {
  const left = join(dir.path, '.again.4194304.partial')
  await mkdir(left)

  await write('again', slowed([0]))

  await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' })
})
