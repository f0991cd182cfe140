import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BlockChecksums } from '../../../src/cluster/load-window/block-checksums.js'
import { compareCopies } from '../../../src/cluster/load-window/compare-copies.js'
import { copyData } from '../../../src/cluster/load-window/copy-data.js'
import { systemClock } from '../../../src/kit/clock.js'
import { nodeNames } from '../../../src/model/node.js'

const context = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
const others = nodeNames.slice(1, 3)
const except = /^relay/
const mib = 1024 * 1024

let dir: string
let from: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-test-copies-'))
  from = join(dir, 'db-1')
  await mkdir(join(from, 'cif'), { recursive: true })
  await writeFile(join(from, 'cif', 'small'), 'not a page')
  await writeFile(join(from, 'cif', 'empty'), '')
  await writeFile(join(from, 'relay.0001'), 'not of the others')
  // Rows, room in advance, and a last page.
  const table = Buffer.alloc(3 * mib + 16_384)
  table.fill('rows', 0, 100_000)
  table.fill('last page', 3 * mib)
  await writeFile(join(from, 'cif', 'table.ibd'), table, { mode: 0o640 })
  const odd = Buffer.alloc(2 * mib + 17, 'odd')
  await writeFile(join(from, 'cif', 'odd'), odd)
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const placeOf = (node: string) => join(dir, `${node}.loaded`)
const copy = async () => {
  const copied = await copyData({ from, to: others.map(placeOf), except, step: 'copy' }, context)
  return copied.checksums
}
const compare = (checksums: BlockChecksums) =>
  compareCopies(
    { copies: others.map((node) => ({ node, dir: placeOf(node) })), checksums, step: 'compare' },
    context,
  )

async function changeByte(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, position)
  byte[0] = (byte[0] as number) ^ 1
  await file.write(byte, 0, 1, position)
  await file.close()
}

test('copies have the same files with the same bytes and modes, and their space is taken on the disk', async () => {
  await chmod(join(from, 'cif', 'small'), 0o600)

  const checksums = await copy()

  for (const node of others) {
    const place = placeOf(node)
    expect(await readdir(place, { recursive: true })).not.toContain('relay.0001')
    for (const name of ['small', 'empty', 'table.ibd', 'odd']) {
      const [wanted, found] = [join(from, 'cif', name), join(place, 'cif', name)]
      expect((await readFile(found)).equals(await readFile(wanted)), `${node} ${name}`).toBe(true)
      expect((await stat(found)).mode, name).toBe((await stat(wanted)).mode)
    }
    const { size, blocks } = await stat(join(place, 'cif', 'table.ibd'))
    expect(blocks * 512).toBeGreaterThanOrEqual(size)
  }
  const { bytes } = await compare(checksums)
  expect(bytes).toBeGreaterThan(2 * 5 * mib)
})

test.each([
  ['in the first page', 3],
  ['between two pages of zeros', 2 * mib + 5],
  ['at the end', 3 * mib + 16_383],
])('one changed byte of one copy is found, with its place: %s', async (_, position) => {
  const checksums = await copy()
  await changeByte(join(placeOf('db-3'), 'cif', 'table.ibd'), position)

  const block = Math.floor(position / mib) * mib
  await expect(compare(checksums)).rejects.toMatchObject({
    code: 'VERIFY_FAILED',
    message: expect.stringMatching(
      new RegExp(`db-3.*cif/table\\.ibd: something in bytes ${block.toLocaleString('en-US')} to `),
    ),
  })

  // What is left from before is made anew.
  await compare(await copy())
})

test('a file that is missing, is shorter, or that nobody knows is found', async () => {
  const checksums = await copy()
  const file = join(placeOf('db-2'), 'cif', 'odd')
  await truncate(file, mib)
  await expect(compare(checksums)).rejects.toMatchObject({
    message: expect.stringMatching(/db-2.*cif\/odd: something/),
  })
  await rm(file)
  await expect(compare(checksums)).rejects.toMatchObject({
    message: expect.stringMatching(/odd: it is not there/),
  })
  const again = await copy()
  await writeFile(join(placeOf('db-3'), 'stranger'), '')
  await expect(compare(again)).rejects.toMatchObject({
    message: expect.stringMatching(/there was no such file/),
  })
})
