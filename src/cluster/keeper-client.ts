import { request } from 'node:http'
import type { ErrorShape } from '../kit/errors.js'
import { CorelabError, corelabError } from '../kit/errors.js'
import type { EnvironmentStatus } from '../model/environment.js'
import type { NodeName } from '../model/node.js'
import type { ReaderKind, Topology } from '../model/topology.js'
import type { RejoinMode, RejoinOutcome } from './rejoin/rejoin-tools.js'
import type { VerifyResult } from './verify/verify-tools.js'

const answerLimitMs = 5000
/** What may have to read or copy all data of a node is answered when it is done. */
const wishLimitMs = 6 * 60 * 60_000

/** Asks the keeper over its unix socket. Throws KEEPER_UNREACHABLE when nobody answers there. */
export interface KeeperClient {
  status(): Promise<EnvironmentStatus>
  topology(): Promise<Topology>
  /** Starts what is missing and rebuilds what is quarantined; progress goes to the event log. */
  reconcile(): Promise<void>
  /** Says who takes the reads that anybody may serve. */
  reads(from: readonly ReaderKind[]): Promise<void>
  /** Moves the writes, without losing a transaction: to the shadow, or to the node named. Throws SWITCHOVER_REFUSED. */
  switchover(to: NodeName | null): Promise<ChangeAnswer>
  /** Ends the present master and opens its successor. Throws FAILOVER_REFUSED. */
  failover(reason: string | null): Promise<ChangeAnswer>
  /**
   * The same without qlink's log, when nobody can use that any more: what was acknowledged may be lost. A master that still
   * answers goes on, with everything. Throws FAILOVER_REFUSED when the log is whole.
   */
  forceFailover(reason: string | null): Promise<ChangeAnswer>
  /** Brings a node back that is out of service. Throws REJOIN_REFUSED and what its servers report. */
  rejoin(order: { readonly node: NodeName; readonly mode: RejoinMode }): Promise<RejoinOutcome>
  /** Compares all nodes row by row. */
  verify(): Promise<VerifyResult>
  /** Stops everything in order; answers at once, the keeper's process ends when it is done. */
  stop(): Promise<void>
}

/** Who is master after a change of roles. */
export interface ChangeAnswer {
  readonly epoch: number
  readonly master: NodeName
}

export function keeperClient(socketPath: string): KeeperClient {
  const ask = <T>(method: string, path: string, body?: object) =>
    askKeeper<T>({ socketPath, method, path, body, limitMs: answerLimitMs })
  const wish = <T>(path: string, body: object) =>
    askKeeper<T>({ socketPath, method: 'POST', path, body, limitMs: wishLimitMs })
  return {
    status: () => ask<EnvironmentStatus>('GET', '/status'),
    topology: () => ask<Topology>('GET', '/topology'),
    reconcile: () => ask<void>('POST', '/reconcile'),
    reads: (from) => ask<void>('POST', '/reads', { from }),
    switchover: (to) => wish('/switchover', { to }),
    failover: (reason) => wish('/failover', { reason }),
    forceFailover: (reason) => wish('/failover', { reason, acceptLoss: true }),
    rejoin: (order) => wish('/rejoin', order),
    verify: () => wish('/verify', {}),
    stop: () => ask<void>('POST', '/stop'),
  }
}

function askKeeper<T>({
  body: asked,
  limitMs,
  ...call
}: {
  readonly socketPath: string
  readonly method: string
  readonly path: string
  readonly body: object | undefined
  readonly limitMs: number
}): Promise<T> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error) =>
      reject(
        corelabError('KEEPER_UNREACHABLE', {
          message: `The keeper does not answer: ${cause.message}`,
          fix: ['corelab up'],
          cause,
        }),
      )
    const sent = request({ ...call, agent: false, timeout: limitMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', unreachable)
      response.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200) return resolve(body as T)
        reject(CorelabError.fromShape(body.error as ErrorShape))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${limitMs} ms`)))
    sent.on('error', unreachable)
    sent.end(asked === undefined ? undefined : JSON.stringify(asked))
  })
}
