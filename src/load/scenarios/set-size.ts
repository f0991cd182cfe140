import { formatBytes } from '../../kit/units.js'
import type { ServerConditions } from '../server-conditions.js'

/** Reads from memory and reads from disk are different things, so the title of a run says which it was. */
export function setSizeWords({ dataBytes, bufferPoolBytes }: ServerConditions): string {
  const sizes = `${formatBytes(dataBytes)} of data, ${formatBytes(bufferPoolBytes)} of buffer pool`
  return dataBytes <= bufferPoolBytes ? `cached set (${sizes})` : `set larger than the cache (${sizes})`
}
