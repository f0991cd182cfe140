import { fitted } from './layout.js'

export interface Column<Row> {
  readonly title: string
  readonly align?: 'left' | 'right'
  readonly cell: (row: Row) => string
  /** Colours the finished, padded cell. */
  readonly style?: (text: string, row: Row) => string
}

/**
 * A table without frames: it can be cut with awk and grepped. The last column takes what is left of the width and
 * is cut there. A column that is empty in every row is left out.
 */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: { readonly width: number; readonly titleStyle: (text: string) => string },
): string[] {
  const used = columns.filter((column) => rows.some((row) => column.cell(row) !== ''))
  const widths = used.map((column) =>
    Math.max(column.title.length, ...rows.map((row) => column.cell(row).length)),
  )
  const lastWidth = options.width - widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const pad = (text: string, column: Column<Row>, index: number) => {
    if (index === used.length - 1 && column.align !== 'right') return fitted(text, Math.max(8, lastWidth))
    const width = widths[index] ?? 0
    return column.align === 'right' ? text.padStart(width) : text.padEnd(width)
  }
  const heading = used.map((column, index) => pad(column.title, column, index)).join('  ')
  const lines = rows.map((row) =>
    used
      .map((column, index) => {
        const text = pad(column.cell(row), column, index)
        return column.style ? column.style(text, row) : text
      })
      .join('  '),
  )
  return [options.titleStyle(heading.trimEnd()), ...lines.map((line) => line.trimEnd())]
}
