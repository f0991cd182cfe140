import { expect, test } from 'vitest'
import { allOperations } from '../../../src/model/catalogue.js'
import { builtInOperations } from '../../../src/subsystems/flows.js'

test('what the catalogue calls a flow is written, and nothing else', () => {
  const declared = allOperations().filter((operation) => operation.impl === 'flow')

  expect(Object.keys(builtInOperations).sort()).toEqual(
    declared.map((operation) => `${operation.interfaceName}/${operation.method}`).sort(),
  )
})
