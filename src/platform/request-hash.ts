import { createHash } from 'node:crypto'

/**
 * What a request asks for, as 64 hexadecimal characters: equal for equal content, whatever the order of the fields.
 * A repeated idempotency key must come with an equal hash.
 */
export function requestHash(content: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonical(content)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`)
  return `{${fields.join(',')}}`
}
