import { corelabError } from '../../kit/errors.js'
import { isRecord } from '../../kit/is-record.js'
import type { NodeName } from '../../model/node.js'
import type { NodeAddress } from '../../model/qlink.js'

/** Reads what a caller sent; every function throws USAGE, naming the field. */
export interface Order {
  number(field: string): number
  numberOrNull(field: string): number | null
  address(field: string): NodeAddress
  addressOrNull(field: string): NodeAddress | null
  texts(field: string): readonly string[]
}

export function readOrder(body: unknown): Order {
  const fields: Record<string, unknown> = isRecord(body) ? body : {}
  const number = (field: string) => {
    const value = fields[field]
    return Number.isSafeInteger(value) ? (value as number) : wrong(field, 'a whole number')
  }
  const address = (field: string): NodeAddress => {
    const value = fields[field]
    if (!isRecord(value)) return wrong(field, 'an address')
    const { node, host, port } = value
    if (typeof node !== 'string' || typeof host !== 'string' || !Number.isInteger(port))
      return wrong(field, 'an address with node, host and port')
    return { node: node as NodeName, host, port: port as number }
  }
  return {
    number,
    numberOrNull: (field) => (fields[field] === null ? null : number(field)),
    address,
    addressOrNull: (field) => (fields[field] === null ? null : address(field)),
    texts(field) {
      const value = fields[field]
      const isRight = Array.isArray(value) && value.every((each) => typeof each === 'string')
      return isRight ? (value as string[]) : wrong(field, 'a list of texts')
    },
  }
}

function wrong(field: string, wanted: string): never {
  throw corelabError('USAGE', { message: `qlink: "${field}" must be ${wanted}` })
}
