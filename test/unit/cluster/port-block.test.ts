import { expect, test } from 'vitest'
import { blockPorts, chooseBlock, portsFrom, portsWanted } from '../../../src/cluster/port-block.js'

test('every purpose has its own port inside the block', () => {
  const ports = portsWanted(portsFrom(21_000)).map(({ port }) => port)

  expect(new Set(ports).size).toBe(ports.length)
  expect(Math.min(...ports)).toBe(21_000)
  expect(Math.max(...ports)).toBeLessThan(21_000 + blockPorts)
})

test('the same folder finds the same block, another folder another one', async () => {
  const isFree = async () => true
  const first = await chooseBlock({ stateDir: '/a/.corelab/default', isFree })

  expect(await chooseBlock({ stateDir: '/a/.corelab/default', isFree })).toEqual(first)
  expect((await chooseBlock({ stateDir: '/b/.corelab/default', isFree })).base).not.toBe(first.base)
})

test('a block with one busy port is passed over as a whole', async () => {
  const stateDir = '/a/.corelab/default'
  const preferred = await chooseBlock({ stateDir, isFree: async () => true })

  const chosen = await chooseBlock({ stateDir, isFree: async (port) => port !== preferred.rabbitmq })

  expect(Math.abs(chosen.base - preferred.base)).toBeGreaterThanOrEqual(blockPorts)
})

test('when nothing is free the error says so instead of searching for ever', async () => {
  const search = chooseBlock({ stateDir: '/a', isFree: async () => false })

  await expect(search).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED' })
})
