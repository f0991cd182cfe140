import { request } from 'node:http'
import type { ErrorShape } from '../../kit/errors.js'
import { CorelabError, corelabError } from '../../kit/errors.js'
import { keeperSocketOf } from '../../sys/keeper-socket.js'
import type { DrillRun } from '../run/drill-run.js'

/** Longer than a change of master may take. */
const answerLimitMs = 120_000

/** Gives the keeper of the run an order and waits until it is done. Throws what the keeper answers. */
export function orderKeeper<T>(run: DrillRun, path: string, body: object = {}): Promise<T> {
  const socketPath = keeperSocketOf(run.plan.socketDir)
  return new Promise((resolve, reject) => {
    const unreachable = (cause: Error) =>
      reject(
        corelabError('KEEPER_UNREACHABLE', {
          message: `The keeper does not answer: ${cause.message}`,
          fix: ['corelab up'],
          cause,
        }),
      )
    const sent = request({ socketPath, path, method: 'POST', timeout: answerLimitMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', unreachable)
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200) return resolve(answer as T)
        if (response.statusCode === 404)
          return reject(
            corelabError('DRILL_NEED_UNMET', { message: `This keeper does not know POST ${path}` }),
          )
        reject(CorelabError.fromShape(answer.error as ErrorShape))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerLimitMs} ms`)))
    sent.on('error', unreachable)
    sent.end(JSON.stringify(body))
  })
}
