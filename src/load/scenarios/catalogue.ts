import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import { brokerScenario } from './broker.js'
import { cacheScenario } from './cache.js'
import { customerScenario } from './customer.js'
import { dbMixed } from './db-mixed.js'
import { dbRead } from './db-read.js'
import { dbWrite } from './db-write.js'
import { flashSaleScenario } from './flash-sale.js'
import type { Scenario } from './scenario.js'
import { transferScenario } from './transfer.js'

/** Every scenario, in the order in which they are shown. */
export const scenarioCatalogue: readonly Scenario[] = Object.freeze([
  dbRead,
  dbWrite,
  dbMixed,
  customerScenario,
  transferScenario,
  flashSaleScenario,
  cacheScenario,
  brokerScenario,
])

/** Throws USAGE with the nearest name. */
export function findScenario(name: string): Scenario {
  const found = scenarioCatalogue.find((scenario) => scenario.name === name)
  if (found) return found
  const names = scenarioCatalogue.map((scenario) => scenario.name)
  const meant = nearest(name, names)
  throw corelabError('USAGE', {
    message: `There is no scenario "${name}"`,
    detail: `There are: ${names.join(', ')}`,
    fix: [...(meant ? [`corelab bench run ${meant}`] : []), 'corelab bench list'],
  })
}
