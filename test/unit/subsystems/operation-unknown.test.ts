import { expect, test } from 'vitest'
import { operationUnknown } from '../../../src/subsystems/operation-unknown.js'

test.each([
  [
    'cn.corelab.cif.PersonService',
    'gett',
    'cn.corelab.cif.PersonService has no method gett; did you mean get?',
  ],
  ['PersonService', 'get', 'there is no interface PersonService; did you mean cn.corelab.cif.PersonService?'],
  [
    'cn.corelab.act.PersonService',
    'get',
    'there is no interface cn.corelab.act.PersonService; did you mean cn.corelab.cif.PersonService?',
  ],
  [
    'cn.corelab.cif.PersonServce',
    'get',
    'there is no interface cn.corelab.cif.PersonServce; did you mean cn.corelab.cif.PersonService?',
  ],
  ['quite.Different', 'thing', 'there is no interface quite.Different'],
])('%s/%s', (interfaceName, method, message) => {
  expect(operationUnknown(interfaceName, method)).toMatchObject({ code: 'OPERATION_UNKNOWN', message })
})
