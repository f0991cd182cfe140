import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import { type Plant, plants } from './plants.js'

/** Throws USAGE with the nearest name. */
export function plantNamed(name: string): Plant {
  const found = Object.entries(plants).find(([each]) => each === name)
  if (found) return found[1]
  const near = nearest(name, Object.keys(plants))
  throw corelabError('USAGE', {
    message: `There is no planted bug "${name}"${near === null ? '' : `; did you mean "${near}"?`}`,
    fix: ['corelab sim plants'],
  })
}
