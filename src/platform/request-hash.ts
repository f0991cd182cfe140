import { createHash } from 'node:crypto'
import { canonicalJson } from '../kit/canonical-json.js'

/**
 * What a request asks for, as 64 hexadecimal characters: equal for equal content, whatever the order of the fields.
 * A repeated idempotency key must come with an equal hash.
 */
export function requestHash(content: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}
