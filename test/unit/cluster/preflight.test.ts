import { expect, test } from 'vitest'
import { requireDisk, requireMemory } from '../../../src/cluster/preflight.js'
import { profiles } from '../../../src/model/profile.js'

test('a disk too small for the profile is refused with both numbers and a smaller profile', () => {
  const check = () => requireDisk(profiles.small, 1024 ** 3)

  expect(check).toThrow(expect.objectContaining({ code: 'DISK_TOO_SMALL' }))
  expect(check).toThrow(/needs 6\.0 GiB of free disk, there are 1\.0 GiB/)
  expect(check).toThrow(
    expect.objectContaining({ fix: expect.arrayContaining(['corelab up --profile tiny']) }),
  )
})

test('the smallest profile is not offered a smaller one', () => {
  expect(() => requireDisk(profiles.tiny, 0)).toThrow(
    expect.objectContaining({ fix: expect.not.arrayContaining(['corelab up --profile tiny']) }),
  )
})

test('memory is asked for before a start, and enough is enough', () => {
  expect(() => requireMemory(profiles.full, 4 * 1024 ** 3)).toThrow(
    expect.objectContaining({ code: 'MEMORY_TOO_SMALL' }),
  )
  expect(() => requireMemory(profiles.tiny, 2 * 1024 ** 3)).not.toThrow()
  expect(() => requireDisk(profiles.tiny, 2 * 1024 ** 3)).not.toThrow()
})
