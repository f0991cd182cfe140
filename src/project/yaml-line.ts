import type { Document, LineCounter } from 'yaml'
import { isMap, isScalar } from 'yaml'

/** The line, counted from 1, of the deepest part of a path of keys that is written in the file. */
export function yamlLineOf(path: readonly string[], document: Document.Parsed, lines: LineCounter): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of path) {
    if (!isMap(node)) break
    const pair = node.items.find((each) => String(isScalar(each.key) ? each.key.value : each.key) === step)
    if (!pair) break
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0]
    node = pair.value
  }
  return lines.linePos(offset).line
}
