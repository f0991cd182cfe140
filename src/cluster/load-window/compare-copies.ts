import { constants } from 'node:fs'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { cancelled, corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import { openPastCache } from '../../sys/direct-io.js'
import { type BlockChecksums, checksumOf } from './block-checksums.js'
import { byteProgress } from './byte-progress.js'
import { eachFile, listTree } from './data-tree.js'

export interface CompareCopiesOptions {
  readonly copies: readonly { readonly node: NodeName; readonly dir: string }[]
  /** Of what was read when it was copied. */
  readonly checksums: BlockChecksums
  /** The step whose progress it is. */
  readonly step: string
}

/**
 * Reads the copies back, from the disk where the filesystem lets it, and compares each block with what was copied: the
 * same files, and the same in them. Throws VERIFY_FAILED naming node, file and place of the first difference, CANCELLED, and
 * what the file system says.
 */
export async function compareCopies(
  { copies, checksums, step }: CompareCopiesOptions,
  context: Context,
): Promise<{ readonly bytes: number }> {
  const trees: { readonly node: NodeName; readonly path: string; readonly bytes: number }[] = []
  const dirs = new Map(copies.map(({ node, dir }) => [node, dir]))
  for (const { node, dir } of copies) {
    const { files } = await listTree(dir, /^$/)
    const there = new Set(files.map(({ path }) => path))
    const lacking = Object.keys(checksums).find((path) => !there.has(path))
    if (lacking !== undefined) throw differs(node, lacking, 'it is not there')
    const strange = files.find(({ path }) => !(path in checksums))
    if (strange !== undefined) throw differs(node, strange.path, 'there was no such file')
    trees.push(...files.map((file) => ({ node, ...file })))
  }
  const total = trees.reduce((sum, { bytes }) => sum + bytes, 0)
  const tell = byteProgress(step, total, context)
  await eachFile(trees, 1, async ({ node, path, bytes: size }, [buffer]) => {
    const block = present(buffer, 'block')
    const wanted = present(checksums[path], path)
    const file = await openPastCache(join(present(dirs.get(node), node), path), constants.O_RDONLY, size)
    try {
      let at = 0
      for (let index = 0; ; index++) {
        if (context.signal.aborted) throw cancelled()
        const { bytesRead } = await file.read(block, 0, block.length, at)
        const found = bytesRead === 0 ? undefined : checksumOf(block.subarray(0, bytesRead))
        if (found !== wanted[index]) throw differs(node, path, placeOf(at, block.length))
        if (found === undefined) break
        at += bytesRead
        tell(bytesRead)
      }
    } finally {
      await file.close()
    }
  })
  return { bytes: total }
}

function placeOf(at: number, length: number): string {
  return `something in bytes ${formatCount(at)} to ${formatCount(at + length - 1)} is not what was copied`
}

function differs(node: NodeName, path: string, how: string) {
  return corelabError('VERIFY_FAILED', {
    message: `The copy for ${node} is not right: ${path}: ${how}`,
    detail: 'Nothing was put in the place of what the nodes had. The copies are made anew by the next call.',
    fix: [
      'corelab users load   (with the flags it was begun with: it copies and compares again)',
      'corelab users load --abandon',
    ],
  })
}
