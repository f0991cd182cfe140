import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { cancelled, corelabError } from '../../kit/errors.js'
import { formatCount } from '../../kit/units.js'
import type { NodeName } from '../../model/node.js'
import { openPastCache } from '../../sys/direct-io.js'
import { byteProgress } from './byte-progress.js'
import { type DataFile, eachFile, listTree } from './data-tree.js'

export interface CompareCopiesOptions {
  /** Whose data was copied, and where it is. */
  readonly original: { readonly node: NodeName; readonly dir: string }
  readonly copies: readonly { readonly node: NodeName; readonly dir: string }[]
  /** Names at the top that were not copied. */
  readonly except: RegExp
  /** The step whose progress it is. */
  readonly step: string
}

/**
 * Reads the original and its copies back, from the disk where the filesystem lets it, and compares them byte by byte: the
 * same files, and the same in them. Throws VERIFY_FAILED naming node, file and place of the first difference, CANCELLED, and what the file system says.
 */
export async function compareCopies(
  { original, copies, except, step }: CompareCopiesOptions,
  context: Context,
): Promise<{ readonly bytes: number }> {
  const { files } = await listTree(original.dir, except)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0) * copies.length
  const tell = byteProgress(step, bytes, context)
  for (const { node, dir } of copies) {
    const there = new Map((await listTree(dir, /^$/)).files.map((file) => [file.path, file.bytes]))
    for (const file of files) {
      if (there.get(file.path) !== file.bytes)
        throw differs(node, file.path, sizes(there.get(file.path), file))
      there.delete(file.path)
    }
    for (const [path] of there) throw differs(node, path, `${original.node} has no such file`)
  }
  await eachFile(files, 1 + copies.length, async ({ path, bytes: size }, blocks) => {
    const opened: FileHandle[] = []
    try {
      for (const { dir } of [original, ...copies])
        opened.push(await openPastCache(join(dir, path), constants.O_RDONLY, size))
      await compareFile(opened, blocks, path)
    } finally {
      await Promise.all(opened.map((file) => file.close()))
    }
  })
  return { bytes }

  async function compareFile(
    opened: readonly FileHandle[],
    blocks: readonly Buffer[],
    path: string,
  ): Promise<void> {
    for (let at = 0; ; ) {
      if (context.signal.aborted) throw cancelled()
      const [wanted, ...found] = await Promise.all(
        opened.map((file, index) => readBlock(file, present(blocks[index], 'block'), at)),
      )
      const block = present(wanted, 'block')
      found.forEach((each, index) => {
        if (each.equals(block)) return
        const byte = at + firstDifference(block, each)
        const { node } = present(copies[index], 'copy')
        throw differs(node, path, `byte ${formatCount(byte)} is not that of ${original.node}`)
      })
      if (block.length === 0) return
      at += block.length
      tell(block.length * copies.length)
    }
  }
}

/** Full, unless the file ends. */
async function readBlock(file: FileHandle, block: Buffer, at: number): Promise<Buffer> {
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(block, length, block.length - length, at + length)
    length += bytesRead
    if (bytesRead === 0 || length === block.length) return block.subarray(0, length)
  }
}

function firstDifference(left: Buffer, right: Buffer): number {
  const at = left.findIndex((byte, index) => right[index] !== byte)
  return at < 0 ? left.length : at
}

function sizes(found: number | undefined, { bytes }: DataFile): string {
  return found === undefined
    ? 'it is not there'
    : `it has ${formatCount(found)} bytes instead of ${formatCount(bytes)}`
}

function differs(node: NodeName, path: string, how: string) {
  return corelabError('VERIFY_FAILED', {
    message: `The copy for ${node} is not what was copied: ${path}: ${how}`,
    detail: 'Nothing was put in the place of what the nodes had. The copies are made anew by the next call.',
    fix: [
      'corelab users load   (with the flags it was begun with: it copies and compares again)',
      'corelab users load --abandon',
    ],
  })
}
