import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../../src/project/package-root.js'
import { temporaryDir } from '../../support/temp-dir.js'
import { runInProcess } from '../in-process.js'

const dir = temporaryDir()
const generate = (...argv: string[]) => runInProcess(['users', 'generate', ...argv], { cwd: dir.path })

test('files come with a manifest, and the answer fits 80 columns', async () => {
  const { code, stdout } = await generate('--count', '300', '--out', 'users')

  expect(code).toBe(0)
  expect(stdout).toContain('300 customers of seed 1 in 81 entities.')
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  const manifest = JSON.parse(await readFile(join(dir.path, 'users', 'manifest.json'), 'utf8'))
  expect((await readdir(join(dir.path, 'users'))).toSorted()).toEqual(
    [...manifest.tables.map(({ file }: { file: string }) => file), 'manifest.json'].toSorted(),
  )
})

test('threads make the same bytes as none', async () => {
  const table = ['--table', 'cif.customer', '--count', '21000', '--format', 'tsv']
  await generate(...table, '--out', 'one', '--workers', '1')
  await generate(...table, '--out', 'three', '--workers', '3')

  const manifests = ['one', 'three'].map((name) => readFile(join(dir.path, name, 'manifest.json'), 'utf8'))
  const [one, three] = await Promise.all(manifests)
  expect(three).toBe(one)
})

test('one table goes to stdout as JSON Lines, or as asked', async () => {
  const { stdout } = await generate('--table', 'act.settlement_account', '--count', '50')

  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.length).toBeGreaterThan(50)
  expect(rows[0]).toMatchObject({ le_code: expect.stringMatching(/^E\d\d$/), balance: expect.any(Number) })

  const csv = await generate('--table', 'cif.customer', '--count', '2', '--format', 'csv')
  expect(csv.stdout.split('\n')).toHaveLength(4)
  expect(csv.stdout).toMatch(/^le_code,customer_id,name,/)
})

test('a reader that has seen enough ends it quietly', async () => {
  const run = join(packageRoot, 'bin', 'run.js')
  const argv = ['users', 'generate', '--table', 'cif.customer', '--count', '5M', '--quiet']
  const writer = spawn(process.execPath, [run, ...argv], { cwd: dir.path, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  writer.stderr.on('data', (bytes) => {
    errors += bytes
  })
  writer.stdout.once('data', () => writer.stdout.destroy())
  const code = await new Promise((resolve) => writer.once('close', resolve))

  expect(errors).toBe('')
  expect(code).toBe(0)
})

test('a seed that is a text is hashed, and the answer says so', async () => {
  const { stdout } = await generate('--count', '10', '--seed', 'bank of trees', '--out', 'named')
  const json = await generate('--count', '10', '--seed', 'bank of trees', '--out', 'again', '--json')

  expect(stdout).toMatch(/10 customers of seed \d+ \(hashed from "bank of trees"\)/)
  const { population } = JSON.parse(json.stdout).data.manifest
  expect(population).toMatchObject({ seedText: 'bank of trees', seed: expect.any(Number) })
})

test('lookalike numbers come with a warning, in the answer and in the manifest', async () => {
  const { stdout } = await generate('--count', '10', '--lookalike', '--out', 'risky', '--json')

  const { warnings, data } = JSON.parse(stdout)
  expect(warnings).toMatchObject([{ code: 'LOOKALIKE_NUMBERS' }])
  expect(data.manifest.population.identity).toBe('lookalike')
  expect(data.manifest.notes.join(' ')).toContain('LOOKALIKE')
})

test.each(['0', '-5', '1e12', 'NaN', '536870913', '1.5', ''])('a count of "%s" is refused', async (count) => {
  const { code, stderr } = await generate(`--count=${count}`, '--out', 'none')

  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('not a number of customers; allowed: 1 to 536,870,912')
  expect(await readdir(dir.path)).toEqual([])
})

test.each(['0', '82', 'many'])('"%s" institutions are refused', async (entities) => {
  const { code, stderr } = await generate('--entities', entities, '--out', 'none')

  expect(code).toBe(2)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('allowed: 1 to 81')
})

test('an unknown table is refused with the nearest one', async () => {
  const { code, stderr } = await generate('--table', 'cif.customers')

  expect(code).toBe(2)
  expect(stderr).toContain('There is no table "cif.customers"')
  expect(stderr).toContain('--table cif.customer')
})

test('without a folder and without a table it says what it needs', async () => {
  const { code, stderr } = await generate()

  expect(code).toBe(2)
  expect(stderr).toContain('Where shall the rows go?')
})
