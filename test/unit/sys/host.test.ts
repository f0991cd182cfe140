import { expect, test } from 'vitest'
import { cacheDir } from '../../../src/sys/cache-dir.js'
import { readHostFacts } from '../../../src/sys/host-facts.js'

test('the cache folder is the one asked for, else the user cache', () => {
  expect(cacheDir({ CORELAB_CACHE_DIR: '/big/disk', XDG_CACHE_HOME: '/x', HOME: '/home/me' })).toBe(
    '/big/disk',
  )
  expect(cacheDir({ XDG_CACHE_HOME: '/x', HOME: '/home/me' })).toBe('/x/corelab')
  expect(cacheDir({ XDG_CACHE_HOME: 'relative', HOME: '/home/me' })).toBe('/home/me/.cache/corelab')
  expect(cacheDir({ HOME: '/home/me' })).toBe('/home/me/.cache/corelab')
})

test('the facts of this host are plausible', () => {
  const facts = readHostFacts()

  expect(facts.cores).toBeGreaterThan(0)
  expect(facts.memoryAvailableBytes).toBeGreaterThan(0)
  expect(facts.memoryAvailableBytes).toBeLessThanOrEqual(facts.memoryTotalBytes)
  expect(facts.kernel).toMatch(/^\d+\./)
  expect(facts.cpuModel).not.toBe('')
})
