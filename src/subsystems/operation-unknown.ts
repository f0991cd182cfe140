import { type CorelabError, corelabError } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'
import { subsystems } from '../model/catalogue.js'

/** Says which part of `interfaceName/method` is wrong, and the nearest right one. */
export function operationUnknown(interfaceName: string, method: string): CorelabError {
  const entities = subsystems.flatMap((subsystem) => subsystem.entities)
  const entity = entities.find((each) => each.interfaceName === interfaceName)
  if (entity) {
    const meant = nearest(method, entity.methods)
    return corelabError('OPERATION_UNKNOWN', {
      message: `${interfaceName} has no method ${method}${didYouMean(meant)}`,
      detail: `methods: ${entity.methods.join(', ')}`,
    })
  }
  const meant =
    withoutPackage(interfaceName) ??
    nearest(
      interfaceName,
      entities.map((each) => each.interfaceName),
    )
  return corelabError('OPERATION_UNKNOWN', {
    message: `there is no interface ${interfaceName}${didYouMean(meant)}`,
  })

  /** `PersonService`, or one with another package, for `cn.corelab.cif.PersonService`. */
  function withoutPackage(name: string): string | null {
    const simple = `.${name.split('.').at(-1)}`
    return entities.find((each) => each.interfaceName.endsWith(simple))?.interfaceName ?? null
  }
}

function didYouMean(meant: string | null): string {
  return meant === null ? '' : `; did you mean ${meant}?`
}
