import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  forgetOldData,
  type NodePlaces,
  placeCopies,
  putBack,
} from '../../../src/cluster/load-window/place-copies.js'
import { nodeNames } from '../../../src/model/node.js'

let dir: string
let places: readonly NodePlaces[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-test-places-'))
  places = nodeNames.map((node) => {
    const data = join(dir, node, 'data')
    return { node, data, next: `${data}.loaded`, before: `${data}.before-load` }
  })
  for (const { data, next } of places) {
    await put(data, 'old')
    await put(next, 'new')
  }
})

afterEach(() => rm(dir, { recursive: true, force: true }))

async function put(path: string, text: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'file'), text)
}

const held = () => Promise.all(places.map(({ data }) => readFile(join(data, 'file'), 'utf8')))

/** As a kill between two renames leaves it: one node done, one without data, the others untouched. */
async function beginPlacing(): Promise<void> {
  const [first, second] = places
  for (const place of [first, second]) await rename(place!.data, place!.before)
  await rename(first!.next, first!.data)
}

test('a placing that was killed between two renames goes on, and ends with the new data everywhere', async () => {
  await beginPlacing()

  await placeCopies(places)

  expect(await held()).toEqual(['new', 'new', 'new', 'new'])
  await placeCopies(places)
  expect(await held()).toEqual(['new', 'new', 'new', 'new'])
})

test('a placing that is given up half-way leaves every node what it had', async () => {
  await beginPlacing()

  await putBack(places)

  expect(await held()).toEqual(['old', 'old', 'old', 'old'])
})

test('what a node out of service had is kept, what the others had is not', async () => {
  await placeCopies(places)

  await forgetOldData(places, nodeNames.slice(2, 3))

  expect(await held()).toEqual(['new', 'new', 'new', 'new'])
  expect(await readdir(join(dir, 'db-1'))).toEqual(['data'])
  expect(await readdir(join(dir, 'db-3'))).toEqual(['data', 'data.quarantined'])
  expect(await readFile(join(dir, 'db-3', 'data.quarantined', 'file'), 'utf8')).toBe('old')
})
