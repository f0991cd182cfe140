import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { legalEntity } from '../../../src/model/legal-entity.js'
import type { RouterMetrics } from '../../../src/model/router-metrics.js'
import { registeredInstances } from '../../../src/platform/service-registry.js'
import { openTripleClient, type TripleClient } from '../../../src/platform/triple-client.js'
import type { TripleEnvelope } from '../../../src/platform/triple-server.js'
import type { SubsystemHost } from '../../../src/subsystems/host.js'
import { e01 } from '../../support/bank.js'
import { type HostGround, prepareHostGround } from '../../support/subsystem-host.js'

let ground: HostGround
let host: SubsystemHost
let client: TripleClient
let url: string
const log: string[] = []

beforeAll(async () => {
  ground = await prepareHostGround()
  await ground.put(
    'subsystems/rsk/handler.mjs',
    `export default {
       'RiskRuleService/get': async (call, platform) => ({
         le: call.context.le,
         asked: call.argument,
         customer: await platform.call({ ...call, interfaceName: 'cn.corelab.cif.PersonService', argument: { customerId: '1999999999' } })
           .catch((error) => error.retCode),
       }),
       'RiskRuleService/list': () => new Promise(() => {}),
       'RiskRuleService/effectiveAt': () => { throw new Error('a bug of the user') },
     }`,
  )
  await ground.put('subsystems/ntf/handler.mjs', 'export default { this is not JavaScript')
  await ground.put('subsystems/mkt/handler.mjs', "export default { 'CampaignService/gett': () => 1 }")
  host = await ground.startHost(log)
  url = `http://127.0.0.1:${host.port}`
  client = openTripleClient({ url })
})

afterAll(async () => {
  client?.close()
  await host?.stop()
  await ground?.dispose()
})

let keys = 0
const services = {
  person: 'cn.corelab.cif.PersonService',
  account: 'cn.corelab.act.SettlementAccountService',
  entry: 'cn.corelab.act.AccountEntryService',
  transfer: 'cn.corelab.pay.IntraEntityTransferService',
}
function call(
  service: keyof typeof services,
  method: string,
  argument: Record<string, unknown>,
  more: { le?: ReturnType<typeof legalEntity>; key?: string } = {},
): Promise<TripleEnvelope & { data: never }> {
  return client.call({
    interfaceName: services[service],
    method,
    argument,
    le: more.le ?? e01,
    idempotencyKey: more.key ?? `host-${++keys}`,
  }) as Promise<TripleEnvelope & { data: never }>
}

/** Resident identity numbers of nobody, with right check characters. */
let people = 100
function identityNo(): string {
  const body = `339900199001${(++people % 28) + 1 < 10 ? '0' : ''}${(people % 28) + 1}${people}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0)
  return body + '10X98765432'[sum % 11]
}
const person = () => ({
  name: '王小明',
  identityNo: identityNo(),
  mobile: '14200000001',
  address: 'Hangzhou, West Lake 1',
})
async function newCustomer(): Promise<string> {
  const { data } = await call('person', 'create', person())
  return (data as { customerId: string }).customerId
}
async function newAccount(balance = 0n, le = e01): Promise<string> {
  const created = await call('person', 'create', person(), { le })
  const { customerId } = created.data as { customerId: string }
  const { data } = await call('account', 'open', { customerId }, { le })
  const { accountNo } = data as { accountNo: string }
  const nn = (Number(customerId) % 16).toString().padStart(2, '0')
  await ground.admin.query(
    `UPDATE act.settlement_account_${nn} SET balance = ${balance} WHERE account_no = ${accountNo}`,
  )
  return accountNo
}

describe('customers', () => {
  test('a customer is opened, found by mobile and by identity, and gets a new address', async () => {
    const wanted = person()
    const created = await call('person', 'create', wanted)
    const { customerId } = created.data as { customerId: string }

    expect(created).toMatchObject({
      retCode: 'OK',
      gsn: expect.stringMatching(/^[0-9A-Z]{26}$/),
      data: {
        ...wanted,
        sex: expect.stringMatching(/^[MF]$/),
        countyCode: '339900',
        status: 'A',
        rowVersion: 0,
      },
    })
    expect((await call('person', 'get', { customerId })).data).toEqual(created.data)
    const byMobile = await call('person', 'list', { mobile: wanted.mobile })
    expect((byMobile.data as { customers: unknown[] }).customers).toContainEqual(created.data)
    expect((await call('person', 'list', { identityNo: wanted.identityNo })).data).toEqual({
      customers: [created.data],
    })

    const updated = await call('person', 'update', { customerId, address: 'Ningbo 2' })
    expect(updated.data).toEqual({ ...(created.data as object), address: 'Ningbo 2', rowVersion: 1 })
    expect((await call('person', 'get', { customerId }, { le: legalEntity(2) })).retCode).toBe(
      'CUSTOMER_UNKNOWN',
    )
  })

  test('a new mobile number finds the customer from the moment it is given, and the old one no longer', async () => {
    const first = '14200000777'
    const second = '19400000012'
    const created = await call('person', 'create', { ...person(), mobile: first })
    const { customerId } = created.data as { customerId: string }
    const found = async (mobile: string) => {
      const { data } = await call('person', 'list', { mobile })
      return (data as { customers: { customerId: string }[] }).customers.map((each) => each.customerId)
    }

    expect(await found(first)).toEqual([customerId])
    await call('person', 'update', { customerId, mobile: second })
    expect([await found(first), await found(second)]).toEqual([[], [customerId]])
    await call('person', 'update', { customerId, mobile: first })
    expect([await found(first), await found(second)]).toEqual([[customerId], []])
  })

  test('one identity is one customer of an entity, however many ask at once; a repeated key gets the first answer', async () => {
    const wanted = person()

    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        call('person', 'create', wanted, { key: `same-${index % 4}` }),
      ),
    )

    const opened = answers.filter((answer) => answer.retCode === 'OK')
    expect(opened).toHaveLength(3)
    expect(new Set(opened.map((answer) => JSON.stringify(answer.data))).size).toBe(1)
    expect(answers.filter((answer) => answer.retCode === 'IDENTITY_TAKEN')).toHaveLength(9)
    const conflict = await call('person', 'create', person(), {
      key: `same-${answers.indexOf(opened[0]!) % 4}`,
    })
    expect(conflict.retCode).toBe('IDEMPOTENCY_CONFLICT')
  })
})

describe('accounts', () => {
  test('accounts get numbers in order; class I only once; concurrent openings do not collide', async () => {
    const customerId = await newCustomer()
    const first = await call('account', 'open', { customerId })
    expect(first.data).toMatchObject({
      accountNo: `${customerId}0`,
      accountClass: 1,
      currency: 'CNY',
      balance: '0',
      status: 'A',
    })

    expect((await call('account', 'open', { customerId })).retCode).toBe('ACCOUNT_CLASS_NOT_OPEN')
    const more = await Promise.all(
      Array.from({ length: 12 }, () => call('account', 'open', { customerId, accountClass: 2 })),
    )

    expect(more.filter((answer) => answer.retCode === 'ACCOUNTS_FULL')).toHaveLength(3)
    const { data } = await call('account', 'list', { customerId })
    expect((data as { accounts: { accountNo: string }[] }).accounts.map((each) => each.accountNo)).toEqual(
      Array.from({ length: 10 }, (_, ordinal) => `${customerId}${ordinal}`),
    )
    expect((await call('account', 'open', { customerId: '1899999999' })).retCode).toBe('CUSTOMER_UNKNOWN')
  })
})

describe('transfers', () => {
  test('money moves once per key, and balance, statement and look-ups agree', async () => {
    const [payer, payee] = [await newAccount(10_000n), await newAccount()]
    const argument = { payerAccount: payer, payeeAccount: payee, amount: '2500', summary: 'rent' }

    const submitted = await call('transfer', 'submit', argument, { key: 'rent-1' })
    const again = await call('transfer', 'submit', argument, { key: 'rent-1' })

    expect(submitted).toMatchObject({
      retCode: 'OK',
      data: { requestId: 'rent-1', amount: '2500', status: 'S' },
    })
    expect(again.data).toEqual(submitted.data)
    expect(again.gsn).not.toBe(submitted.gsn)
    const { gsn } = submitted.data as { gsn: string }
    expect((await call('transfer', 'get', { gsn })).data).toEqual(submitted.data)
    expect((await call('transfer', 'queryByRequestId', { requestId: 'rent-1' })).data).toEqual(submitted.data)
    expect((await call('transfer', 'queryByRequestId', { requestId: 'never' })).retCode).toBe(
      'TRANSFER_UNKNOWN',
    )
    expect((await call('account', 'summary', { accountNo: payer })).data).toMatchObject({
      balance: '7500',
      available: '7500',
    })
    expect((await call('entry', 'list', { accountNo: payer })).data).toMatchObject({
      entries: [{ entryNo: 1, gsn, amount: '-2500', balanceAfter: '7500', summary: 'rent' }],
      nextBefore: null,
    })
  })

  test('a statement is read page by page, newest first, without a gap', async () => {
    const [payer, payee] = [await newAccount(100n), await newAccount()]
    for (let transfer = 0; transfer < 5; transfer++)
      await call('transfer', 'submit', { payerAccount: payer, payeeAccount: payee, amount: '1' })

    const seen: number[] = []
    for (let before: number | null | undefined; before !== null; ) {
      const page = await call('entry', 'list', { accountNo: payee, limit: 2, ...(before ? { before } : {}) })
      const data = page.data as { entries: { entryNo: number }[]; nextBefore: number | null }
      seen.push(...data.entries.map((entry) => entry.entryNo))
      before = data.nextBefore
    }

    expect(seen).toEqual([5, 4, 3, 2, 1])
  })

  test('refusals of the bank are answers with a code, not failures', async () => {
    const [payer, payee, foreign] = [
      await newAccount(10n),
      await newAccount(),
      await newAccount(10n, legalEntity(2)),
    ]
    const submit = (argument: object, more = {}) =>
      call('transfer', 'submit', { payerAccount: payer, payeeAccount: payee, amount: '1', ...argument }, more)
    await submit({}, { key: 'used' })

    expect((await submit({ amount: '11' })).retCode).toBe('INSUFFICIENT_FUNDS')
    expect((await submit({ payeeAccount: foreign })).retCode).toBe('ENTITY_MISMATCH')
    expect((await submit({}, { le: legalEntity(2) })).retCode).toBe('ENTITY_MISMATCH')
    expect((await submit({ payeeAccount: payer })).retCode).toBe('SAME_ACCOUNT')
    expect((await submit({ amount: '2' }, { key: 'used' })).retCode).toBe('IDEMPOTENCY_CONFLICT')
    expect((await call('account', 'get', { accountNo: foreign })).retCode).toBe('ENTITY_MISMATCH')
  })
})

describe('failures', () => {
  const headers = { 'content-type': 'application/json', 'x-le': 'E01' }
  async function post(
    path: string,
    { body = '[{}]', more = {} }: { body?: string; more?: Record<string, string> } = {},
  ) {
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers: { ...headers, ...more } })
    const { status, message, code } = (await response.json()) as {
      status: number
      message: string
      code: string
    }
    return { http: response.status, status, code, message }
  }

  test('an operation that is declared but not built says so, and how to provide it', async () => {
    expect(await post('/cn.corelab.wlt.HoldingService/get')).toMatchObject({
      http: 404,
      status: 60,
      code: 'OPERATION_NOT_BUILT',
      message: expect.stringContaining('declared in the contract, has no implementation in this version'),
    })
  })

  test('an unknown operation is not found, with the nearest name', async () => {
    expect(await post('/cn.corelab.cif.PersonService/creat')).toMatchObject({
      http: 404,
      status: 60,
      message: 'cn.corelab.cif.PersonService has no method creat; did you mean create?',
    })
  })

  test('a write without an idempotency key is a bad request', async () => {
    expect(await post('/cn.corelab.pay.IntraEntityTransferService/submit')).toMatchObject({
      http: 400,
      status: 40,
      message: expect.stringContaining('header idempotency-key is missing'),
    })
  })

  test('wrong fields, bodies and headers are bad requests that name what is wrong', async () => {
    const get = '/cn.corelab.act.SettlementAccountService/get'

    expect(await post(get)).toMatchObject({
      http: 400,
      message: expect.stringContaining('argument.accountNo is nothing'),
    })
    expect(await post(get, { body: '[{"acountNo":"1"}]' })).toMatchObject({
      http: 400,
      message: 'argument.acountNo is not a field of this operation',
    })
    expect(await post(get, { body: '{}' })).toMatchObject({ http: 400, status: 40 })
    expect(await post(get, { body: '[{' })).toMatchObject({ http: 400, status: 25 })
    expect(await post(get, { more: { 'x-le': 'E99' } })).toMatchObject({ http: 400, status: 40 })
    expect(await post(get, { more: { 'content-type': 'text/plain' } })).toMatchObject({ http: 415 })
    expect(await post(get, { body: `[{"accountNo":"${'1'.repeat(1_100_000)}"}]` })).toMatchObject({
      http: 413,
    })
    expect((await fetch(`${url}${get}`)).status).toBe(405)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  test('a call that takes longer than the caller waits is given up with a time-out', async () => {
    expect(
      await post('/cn.corelab.rsk.RiskRuleService/list', { more: { 'tri-service-timeout': '100' } }),
    ).toMatchObject({
      http: 408,
      status: 31,
      code: 'CALL_TIMED_OUT',
    })
  })

  test('a request with a wrong length or a broken line does not hurt the others', async () => {
    await new Promise<void>((resolve) => {
      const hanging = request(`${url}/a/b`, {
        method: 'POST',
        headers: { ...headers, 'content-length': '100' },
      })
      hanging.on('error', () => resolve())
      hanging.write('[')
      setImmediate(() => hanging.destroy())
    })

    expect((await fetch(`${url}/health/live`)).status).toBe(200)
  })
})

describe('handlers of the user', () => {
  test('a function in handler.mjs answers instead of the built-in operation, and may call other subsystems', async () => {
    const answer = await client.call({
      interfaceName: 'cn.corelab.rsk.RiskRuleService',
      method: 'get',
      argument: { rule: 'R1' },
      le: legalEntity(7),
    })

    expect(answer).toMatchObject({
      retCode: 'OK',
      data: { le: 'E07', asked: { rule: 'R1' }, customer: 'CUSTOMER_UNKNOWN' },
    })
  })

  test('a bug in a handler is an internal error of that call only, and stands in the log', async () => {
    const failing = client.call({
      interfaceName: 'cn.corelab.rsk.RiskRuleService',
      method: 'effectiveAt',
      argument: {},
      le: e01,
    })

    await expect(failing).rejects.toMatchObject({ code: 'BUG', message: 'a bug of the user' })
    expect(log.join('\n')).toContain('a bug of the user')
  })

  test('a broken handler file makes its own subsystem unready, with the reason, and no other', async () => {
    const health = async (code: string) => {
      const response = await fetch(`${url}/health/${code}`)
      return {
        http: response.status,
        ...((await response.json()) as { ready: boolean; reason: string | null }),
      }
    }

    expect(await health('NTF')).toMatchObject({
      http: 503,
      ready: false,
      reason: expect.stringContaining('subsystems/ntf/handler.mjs of NTF cannot be used'),
    })
    expect(await health('MKT')).toMatchObject({
      http: 503,
      reason: expect.stringContaining("did you mean 'CampaignService/get'?"),
    })
    expect(await health('PAY')).toMatchObject({ http: 200, ready: true, reason: null })
    const ready = await fetch(`${url}/health/ready`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({
      ready: true,
      epoch: 1,
      master: 'db-1',
      subsystemsNotReady: [{ code: 'MKT' }, { code: 'NTF' }],
    })
    await expect(
      client.call({
        interfaceName: 'cn.corelab.ntf.SmsMessageService',
        method: 'get',
        argument: {},
        le: e01,
      }),
    ).rejects.toMatchObject({ code: 'HANDLER_BROKEN' })
  })
})

test('every subsystem shows its contract, and where each answer comes from', async () => {
  const index = (await (await fetch(url)).json()) as { subsystems: { code: string; contract: string }[] }
  expect(index.subsystems).toHaveLength(21)

  let operations = 0
  const sources: Record<string, number> = {}
  for (const { contract } of index.subsystems) {
    const page = (await (await fetch(`${url}${contract}`)).json()) as {
      operations: { implementation: string }[]
    }
    operations += page.operations.length
    for (const { implementation } of page.operations)
      sources[implementation] = (sources[implementation] ?? 0) + 1
  }

  expect(operations).toBe(2341)
  expect(sources).toEqual({ none: 2341 - 12 - 3, flow: 12, handler: 3 })
  const unknown = await fetch(`${url}/contract/PAYY`)
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ message: 'there is no subsystem PAYY; did you mean PAY?' })
})

test('usable subsystems are registered with a lease, broken ones are not', async () => {
  const redis = ground.redis.connect()
  const own = (await registeredInstances(redis)).filter((each) => each.instance === 'test-1')
  expect(own).toHaveLength(19)
  expect(own.find((each) => each.code === 'PAY')).toMatchObject({ url, version: '0.0.0' })
  const left = await redis.ttlMs('corelab:registry:PAY:test-1')
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThanOrEqual(5000)
  await redis.close()
})

test('the host shows where its work went', async () => {
  await call('account', 'get', { accountNo: '1000000001000' }).catch(() => undefined)
  const answer = await fetch(`${url}/metrics/router`)

  expect(answer.status).toBe(200)
  const metrics = (await answer.json()) as RouterMetrics
  expect(metrics).toMatchObject({ schema: 'corelab/router-metrics@1', epoch: 1, heldNow: 0, unknown: 0 })
  expect(metrics.sent).toContainEqual(
    expect.objectContaining({ node: 'db-1', role: 'master', kind: 'write' }),
  )
})
