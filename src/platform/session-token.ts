import { corelabError } from '../kit/errors.js'

/** What a session has to remember to see its own writes: plain data. */
export interface SessionToken {
  /** In which it wrote last; 0 = never. */
  readonly epoch: number
  /** Holds everything that it has written; empty = nothing. */
  readonly position: string
  /** A write of it is in no known position (its outcome, or its GTID, is unknown): only the master surely has it. */
  readonly masterOnly: boolean
}

export const freshToken: SessionToken = Object.freeze({ epoch: 0, position: '', masterOnly: false })

/** `1.<epoch>.<r or m>.<position>`: visible ASCII, fit for a header. */
export function formatSessionToken({ epoch, position, masterOnly }: SessionToken): string {
  const bare = position.replace(/\s+/g, '')
  // MySQL's sets can grow long; a header must not. The master has it all.
  if (masterOnly || bare.length > positionLengthMax) return `1.${epoch}.m.`
  return `1.${epoch}.r.${bare}`
}

/** Throws CALL_INVALID: a token comes from outside. */
export function parseSessionToken(text: string): SessionToken {
  const [, epoch, where, position = ''] = tokenForm.exec(text) ?? []
  if (epoch === undefined || position.length > positionLengthMax)
    throw corelabError('CALL_INVALID', { message: 'the session token is not one that corelab gave' })
  return { epoch: Number(epoch), position, masterOnly: where === 'm' }
}

/** MariaDB: `0-1-99,...`; MySQL: `uuid:1-99:101,...`, with tags. */
const tokenForm = /^1\.(\d{1,15})\.([mr])\.([\w:,-]*)$/

const positionLengthMax = 1000
