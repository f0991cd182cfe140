import { openHttpConnection } from '../../clients/http/http-connection.js'
import { errorCatalogue } from '../../kit/error-catalogue.js'
import { corelabError } from '../../kit/errors.js'
import { BusinessRefusal, okCode, type RefusalCode } from '../../platform/business-refusal.js'
import type { TripleEnvelope } from '../../platform/triple-server.js'
import type { TripleFailureBody } from '../../platform/triple-status.js'
import type { Bank, BankRequest } from './bank-door.js'

/** The bank as its HTTP services: each door is a kept connection to the subsystem host. */
export function openHttpBank({ url }: { readonly url: string }): Bank {
  const { hostname, port } = new URL(url)
  return {
    openDoor() {
      const connection = openHttpConnection({ host: hostname, port: Number(port) })
      return {
        async call({ interfaceName, method, argument, le, idempotencyKey }: BankRequest) {
          const key = idempotencyKey === null ? '' : `idempotency-key: ${idempotencyKey}\r\n`
          const answer = await connection.post({
            path: `/${interfaceName}/${method}`,
            headerLines: `tri-protocol-version: 1.0.0\r\ntri-service-version: 1.0.0\r\nx-le: ${le}\r\n${key}`,
            body: JSON.stringify([argument]),
          })
          return dataOf(answer.status, answer.body)
        },
        async close() {
          connection.close()
        },
      }
    },
    async close() {
      // Each door is a connection of its own.
    },
  }
}

function dataOf(status: number, body: string): unknown {
  const parsed: unknown = JSON.parse(body)
  if (status === 200) {
    const { retCode, retMsg, data } = parsed as TripleEnvelope
    if (retCode === okCode) return data
    throw new BusinessRefusal(retCode as RefusalCode, retMsg)
  }
  const { code, message } = parsed as Partial<TripleFailureBody>
  const known = code !== undefined && code in errorCatalogue ? code : 'SUBSYSTEM_UNAVAILABLE'
  throw corelabError(known, { message: message ?? `HTTP status ${status}` })
}
