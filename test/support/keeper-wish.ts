import { request } from 'node:http'

/** Asks a running keeper for something, as its commands do, and gives its answer; a refusal is an error. */
export function wishOfKeeper<T>(socketPath: string, path: string, body: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: 'POST', path }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8')
      })
      response.on('error', reject)
      response.on('end', () =>
        response.statusCode === 200 ? resolve(JSON.parse(text) as T) : reject(new Error(`${path}: ${text}`)),
      )
    })
    sent.once('error', reject)
    sent.end(JSON.stringify(body))
  })
}
