import { expect, test } from 'vitest'
import { demandRoom, estimateLoad } from '../../../src/cluster/load-window/estimate.js'
import { wayOf } from '../../../src/cluster/load-window/load-plan.js'
import { profiles } from '../../../src/model/profile.js'

const gib = 1024 ** 3

const estimate = (customers: number, overrides: { diskBytesFree?: number; memoryBytesFree?: number } = {}) =>
  estimateLoad({
    way: 'offline',
    customers,
    nodes: 4,
    nodeBytes: 0.3 * gib,
    diskBytesFree: 100 * gib,
    memoryBytesFree: 16 * gib,
    profile: profiles.small,
    ...overrides,
  })

test('fifteen million customers on four nodes need less than 64 GiB of disk and 2 GiB of memory', () => {
  const { diskBytesNeeded, memoryBytesNeeded } = estimate(15_000_000)
  expect(diskBytesNeeded).toBeLessThan(64 * gib)
  expect(memoryBytesNeeded).toBeLessThan(2 * gib)
})

test('what does not fit is refused with a count that does', () => {
  for (const diskBytesFree of [3 * gib, 8 * gib, 30 * gib]) {
    const refused = estimate(15_000_000, { diskBytesFree })
    const demand = () => demandRoom(refused, { customers: 15_000_000, held: 0 })
    expect(demand).toThrow(expect.objectContaining({ code: 'DISK_TOO_SMALL' }))

    const fits = estimate(refused.customersMax, { diskBytesFree })
    expect(refused.customersMax).toBeGreaterThan(0)
    expect(() => demandRoom(fits, { customers: refused.customersMax, held: 0 })).not.toThrow()
  }
  const little = estimate(500_000_000, { diskBytesFree: 10_000 * gib, memoryBytesFree: 3 * gib })
  expect(() => demandRoom(little, { customers: 500_000_000, held: 0 })).toThrow(
    expect.objectContaining({ code: 'MEMORY_TOO_SMALL' }),
  )
})

test('only an empty core is stopped', () => {
  expect(wayOf({ held: 0, wanted: 10, append: false }).way).toBe('offline')
  expect(wayOf({ held: 0, wanted: 10, append: true }).way).toBe('replicated')
  expect(wayOf({ held: 5, wanted: 10, append: false }).way).toBe('replicated')
  expect(wayOf({ held: 10, wanted: 10, append: true }).way).toBe('none')
})
