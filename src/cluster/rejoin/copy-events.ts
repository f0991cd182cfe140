import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { magic } from '../../clients/binlog/event.js'
import { removeTree } from '../../sys/files.js'
import type { FoundExtras } from './find-extras.js'

/** Writes one binlog file of just these transactions, whichever files they stand in; it is there when it is whole. */
export async function copyEvents(
  { transactions, format }: Pick<FoundExtras, 'transactions' | 'format'>,
  path: string,
): Promise<void> {
  const temporary = `${path}.tmp`
  await removeTree(temporary)
  const out = await open(temporary, 'wx', 0o600)
  try {
    await out.write(magic)
    await out.write(format.event)
    for (const { file, offset, length } of transactions)
      for await (const piece of createReadStream(file, { start: offset, end: offset + length - 1 }))
        await out.write(piece as Buffer)
    await out.sync()
  } finally {
    await out.close()
  }
  await rename(temporary, path)
}
