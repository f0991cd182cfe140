import { request } from 'node:http'
import type { ErrorShape } from '../kit/errors.js'
import { CorelabError, corelabError } from '../kit/errors.js'
import type { EnvironmentStatus } from '../model/environment.js'
import type { ReaderKind, Topology } from '../model/topology.js'

export { keeperSocketOf } from '../sys/keeper-socket.js'

const answerLimitMs = 5000

/** Asks the keeper over its unix socket. Throws KEEPER_UNREACHABLE when nobody answers there. */
export interface KeeperClient {
  status(): Promise<EnvironmentStatus>
  topology(): Promise<Topology>
  /** Starts what is missing and rebuilds what is quarantined; progress goes to the event log. */
  reconcile(): Promise<void>
  /** Says who takes the reads that anybody may serve. */
  reads(from: readonly ReaderKind[]): Promise<void>
  /** Stops everything in order; answers at once, the keeper's process ends when it is done. */
  stop(): Promise<void>
}

export function keeperClient(socketPath: string): KeeperClient {
  const ask = <T>(method: string, path: string, body?: object) =>
    askKeeper<T>({ socketPath, method, path, body })
  return {
    status: () => ask<EnvironmentStatus>('GET', '/status'),
    topology: () => ask<Topology>('GET', '/topology'),
    reconcile: () => ask<void>('POST', '/reconcile'),
    reads: (from) => ask<void>('POST', '/reads', { from }),
    stop: () => ask<void>('POST', '/stop'),
  }
}

function askKeeper<T>({
  body: asked,
  ...call
}: {
  readonly socketPath: string
  readonly method: string
  readonly path: string
  readonly body: object | undefined
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
    const sent = request({ ...call, timeout: answerLimitMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', unreachable)
      response.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200) return resolve(body as T)
        reject(CorelabError.fromShape(body.error as ErrorShape))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerLimitMs} ms`)))
    sent.on('error', unreachable)
    sent.end(asked === undefined ? undefined : JSON.stringify(asked))
  })
}
