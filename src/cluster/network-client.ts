import { request } from 'node:http'
import type { ErrorShape } from '../kit/errors.js'
import { CorelabError, corelabError } from '../kit/errors.js'
import type { ConnectionAct, EdgePattern, EdgeReport, FaultOrder } from '../model/drill-fault.js'

const answerLimitMs = 5000

/**
 * Breaks and mends the edges of a proxied network. Every call answers with all edges as they are afterwards, and
 * throws NETWORK_UNREACHABLE when the proxy does not answer.
 */
export interface NetworkClient {
  edges(): Promise<readonly EdgeReport[]>
  order(order: FaultOrder): Promise<readonly EdgeReport[]>
  act(edges: readonly EdgePattern[], act: ConnectionAct): Promise<readonly EdgeReport[]>
  /** Takes away every fault of the edges; all of them when none is named. */
  heal(edges?: readonly EdgePattern[]): Promise<readonly EdgeReport[]>
}

/** `socketPath`: `NetworkPlan.apiSocket`. */
export function networkClient(socketPath: string): NetworkClient {
  const ask = (path: string, body?: object) => askProxy({ socketPath, path, body })
  return {
    edges: () => ask('/edges'),
    order: (order) => ask('/faults', order),
    act: (edges, act) => ask('/act', { edges, act }),
    heal: (edges) => ask('/heal', { edges: edges ?? null }),
  }
}

function askProxy(call: {
  readonly socketPath: string
  readonly path: string
  readonly body: object | undefined
}): Promise<readonly EdgeReport[]> {
  const { socketPath, path, body } = call
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error) =>
      reject(
        corelabError('NETWORK_UNREACHABLE', {
          message: `The fault proxy does not answer: ${cause.message}`,
          fix: ['corelab logs network', 'corelab status'],
          cause,
        }),
      )
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ socketPath, path, method, timeout: answerLimitMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', unreachable)
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200) return resolve(answer as readonly EdgeReport[])
        reject(CorelabError.fromShape(answer.error as ErrorShape))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerLimitMs} ms`)))
    sent.on('error', unreachable)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
