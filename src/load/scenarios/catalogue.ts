import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import { dbMixed } from './db-mixed.js'
import { dbRead } from './db-read.js'
import { dbWrite } from './db-write.js'
import type { Scenario } from './scenario.js'

/** Every scenario, in the order in which they are shown. */
export const scenarioCatalogue: readonly Scenario[] = Object.freeze([dbRead, dbWrite, dbMixed])

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
