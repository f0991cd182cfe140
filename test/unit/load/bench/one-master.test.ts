import { expect, test } from 'vitest'
import { sameMasterCheck } from '../../../../src/load/bench/one-master.js'
import type { NodeName } from '../../../../src/model/node.js'

const stood = (epoch: number, master: string | null) => ({ epoch, master: master as NodeName | null })
const before = stood(3, 'db-1')

test('a run under one master in one epoch says which', () => {
  expect(sameMasterCheck(before, { ...before })).toMatchObject({ valid: true, summary: 'db-1 in epoch 3' })
})

test.each([
  [stood(4, 'db-2'), 'db-2 is now, in epoch 4'],
  [stood(5, 'db-1'), 'db-1 is now, in epoch 5'],
  [stood(3, null), 'nobody is now'],
  [null, 'nobody is now'],
])('a change of master leaves no figure: %j', (now, words) => {
  expect(sameMasterCheck(before, now)).toMatchObject({
    valid: false,
    summary: expect.stringContaining(words),
  })
})
