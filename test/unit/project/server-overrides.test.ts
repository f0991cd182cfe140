import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readServerOverrides } from '../../../src/project/server-overrides.js'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corelab-overrides-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

test('own server settings are read as they are', async () => {
  await mkdir(join(dir, 'config', 'mysql'), { recursive: true })
  await writeFile(join(dir, 'config', 'mysql', 'extra.cnf'), '[mariadbd]\nlong_query_time = 1\n')

  expect(await readServerOverrides(dir)).toEqual({
    mysql: '[mariadbd]\nlong_query_time = 1\n',
    redis: '',
    rabbitmq: '',
  })
})
