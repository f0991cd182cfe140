import { expect, test } from 'vitest'
import { performStep } from '../../../../src/cluster/keeper/perform-step.js'
import type { StepTools } from '../../../../src/cluster/keeper/step-tools.js'
import { corelabError } from '../../../../src/kit/errors.js'
import type { NodeName } from '../../../../src/model/node.js'
import { testContext } from '../../../support/fake-component.js'
import { topologyOf } from '../../../support/topologies.js'

const oldMaster = 'db-1' as NodeName
const away = corelabError('QLINK_UNREACHABLE', { message: 'it is being started again' })

test('a qlink that is being started again is waited for, and the old master is ended only behind the seal', async () => {
  const order: string[] = []
  let asked = 0
  const seal = async () => {
    order.push('asked')
    if (++asked < 3) throw away
    return { epoch: 1, end: null as never }
  }

  const report = await sealWith(seal, (node) => order.push(`ended ${node}`))

  expect(report).toEqual({ step: 'seal', epoch: 1 })
  expect(order).toEqual(['asked', 'asked', 'asked', 'ended db-1'])
})

test('a seal that is refused is not asked for again, and nobody is ended', async () => {
  const ended: string[] = []
  const refused = corelabError('QLINK_TERM_OLD', { message: 'another keeper has the word' })
  const seal = async () => {
    throw refused
  }

  await expect(sealWith(seal, (node) => ended.push(node))).rejects.toBe(refused)
  expect(ended).toEqual([])
})

function sealWith(seal: StepTools['qlink']['seal'], onEnd: (node: NodeName) => unknown) {
  const tools = {
    qlink: { seal },
    term: () => 1,
    context: testContext(),
    endProcess: async (node: NodeName) => void onEnd(node),
  }
  return performStep(
    // A seal needs no more of them.
    tools as unknown as StepTools,
    { kind: 'seal', oldMaster, endOldMaster: true },
    topologyOf({ epoch: 1, order: [1, 2] }),
  )
}
