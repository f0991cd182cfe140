import { open, readFile } from 'node:fs/promises'
import { writeBinlogText } from '../../cluster/rejoin/binlog-program.js'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { corelabError } from '../../kit/errors.js'
import type { ComponentSpec } from '../../model/component-spec.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import type { BinlogRows } from './binlog-rows.js'
import { parseBinlogRows } from './binlog-rows.js'

/** A transaction in a copied binlog file. */
export interface WrittenTransaction {
  readonly gtid: string
  readonly path: string
  readonly offset: number
  readonly length: number
}

/** Who reads them: the engine's program, found beside its server. */
export interface ExtrasReader {
  readonly plan: {
    readonly engine: DatabaseEngine
    readonly components: readonly Pick<ComponentSpec, 'kind' | 'command'>[]
  }
  readonly context: Pick<Context, 'emit'>
}

/** A binlog begins with four bytes and the description of its format, whose length is at this offset. */
const magicBytes = 4
const formatLengthOffset = magicBytes + 9

/**
 * Puts transactions into a binlog file of their own, as evidence, has the engine's own program read it, and returns
 * the rows of the load in them. Throws PROGRAM_MISSING, BINLOG_DAMAGED.
 */
export async function readExtraRows(
  run: ExtrasReader,
  extras: readonly WrittenTransaction[],
  file: string,
): Promise<BinlogRows> {
  const out = await open(file, 'w')
  try {
    let copiedFrom = ''
    for (const { path, offset, length } of extras) {
      const source = await open(path, 'r')
      try {
        // Each file describes its own format, so its transactions come behind its description.
        if (copiedFrom === '') await out.write(await bytesOf(source, 0, await formatEnd(source)))
        copiedFrom = path
        await out.write(await bytesOf(source, offset, length))
      } finally {
        await source.close()
      }
    }
  } finally {
    await out.close()
  }
  const server = present(
    run.plan.components.find(({ kind }) => kind === 'database')?.command,
    'server program',
  )
  const text = `${file}.txt`
  const job = { engine: run.plan.engine, server, binlog: file, text }
  if (await writeBinlogText(job, run.context)) return parseBinlogRows(await readFile(text, 'utf8'))
  throw corelabError('PROGRAM_MISSING', { message: `There is no program on this host that reads ${file}` })
}

type SourceFile = Awaited<ReturnType<typeof open>>

async function formatEnd(source: SourceFile): Promise<number> {
  const head = await bytesOf(source, formatLengthOffset, 4)
  return magicBytes + head.readUInt32LE(0)
}

async function bytesOf(source: SourceFile, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await source.read(bytes, 0, length, offset)
  return bytes.subarray(0, bytesRead)
}
