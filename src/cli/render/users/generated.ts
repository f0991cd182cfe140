import { formatBytes, formatCount } from '../../../kit/units.js'
import type { Manifest, ManifestTable } from '../../../population/files/manifest.js'
import type { WrittenTable } from '../../../population/files/table-stream.js'
import type { Answer } from '../../answer.js'
import { sentenceOf, type WantedPopulation } from '../../users/population-flags.js'
import { wrapText } from '../layout.js'
import { type Column, tableLines } from '../table.js'

/** Files in a folder: what there is of each table. */
export function generatedAnswer(manifest: Manifest, wanted: WantedPopulation, dir: string): Answer {
  return {
    data: { dir, manifest },
    lines: ({ width, paint }) => [
      ...wrapText(`${sentenceOf(wanted)}.`, width),
      '',
      ...tableLines(columns, manifest.tables, { width, titleStyle: paint.faint }),
      '',
      `In ${dir}; manifest.json has the columns and the digests.`,
    ],
  }
}

/** After rows on stdout nothing else may stand there. */
export function streamedAnswer({ rows, bytes }: WrittenTable): Answer {
  return { data: { rows, bytes }, lines: () => [] }
}

const columns: readonly Column<ManifestTable>[] = [
  { title: 'TABLE', cell: ({ name }) => name },
  { title: 'ROWS', align: 'right', cell: ({ rows }) => formatCount(rows) },
  { title: 'SIZE', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
  { title: 'SHA-256', cell: ({ sha256 }) => `${sha256.slice(0, 16)}...` },
]
