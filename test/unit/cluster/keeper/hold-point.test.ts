import { expect, test } from 'vitest'
import { HoldPoint } from '../../../../src/cluster/keeper/hold-point.js'
import { settled } from '../../../support/manual-clock.js'

test('a step is held until it is released, and says so; the others pass', async () => {
  const said: unknown[] = []
  const hold = new HoldPoint((event) => said.push(event))
  let passed = false

  hold.holdBefore('drain')
  await hold.pass('seal')
  void hold.pass('drain').then(() => {
    passed = true
  })
  await settled()

  expect(passed).toBe(false)
  expect(said).toEqual([{ kind: 'note', message: 'held before drain' }])
  hold.release()
  await settled()
  expect(passed).toBe(true)
})
