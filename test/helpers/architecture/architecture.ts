/** What ARCHITECTURE.md promises about the source tree, as data. */
export interface Architecture {
  /** Folder below `src/` -> floor. */
  readonly floors: ReadonlyMap<string, number>
  readonly fences: readonly Fence[]
}

/** Packages that only some folders may import. */
export interface Fence {
  /** Package names; one that ends in `/*` stands for a whole scope, `node:*` for Node's own modules. */
  readonly packages: readonly string[]
  /** Folders from the root of the clone, e.g. `src/ui/`. */
  readonly onlyIn: readonly string[]
  /** Folders from which they are kept out; everything else may use them. */
  readonly neverIn: readonly string[]
}

/**
 * Reads the floors and the fences from the tables of ARCHITECTURE.md: rows whose first cell is a number are
 * floors, rows below a header with "only in" or "never in" are fences. Throws on a table it does not understand.
 */
export function parseArchitecture(markdown: string): Architecture {
  const floors = new Map<string, number>()
  const fences: Fence[] = []
  for (const table of tablesOf(markdown)) {
    const [first = '', second = ''] = table.header
    if (first === 'floor') for (const row of table.rows) addFloor(floors, row)
    if (first === 'package' && (second === 'only in' || second === 'never in')) {
      fences.push(...table.rows.map((row) => fenceOf(row, second)))
    }
  }
  if (floors.size === 0) throw new Error('ARCHITECTURE.md has no table of floors')
  if (fences.length === 0) throw new Error('ARCHITECTURE.md has no table of fences')
  return { floors, fences }
}

interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

function tablesOf(markdown: string): Table[] {
  const blocks = markdown.match(/(^\|.*\|[ \t]*\n)+/gm) ?? []
  return blocks.map((block) => {
    const [header = [], , ...rows] = block.trimEnd().split('\n').map(cellsOf)
    return { header, rows }
  })
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}

function addFloor(floors: Map<string, number>, row: readonly string[]): void {
  const [floor = '', cell = ''] = row
  const folder = /^`src\/([a-z-]+)\/`$/.exec(cell)?.[1]
  if (!/^\d+$/.test(floor) || folder === undefined) throw new Error(`not a floor: ${row.join(' | ')}`)
  if (floors.has(folder)) throw new Error(`src/${folder}/ is on two floors`)
  floors.set(folder, Number(floor))
}

function fenceOf(row: readonly string[], kind: 'only in' | 'never in'): Fence {
  const packages = codeIn(row[0] ?? '')
  const folders = codeIn(row[1] ?? '')
  if (packages.length === 0 || folders.length === 0) throw new Error(`not a fence: ${row.join(' | ')}`)
  return kind === 'only in'
    ? { packages, onlyIn: folders, neverIn: [] }
    : { packages, onlyIn: [], neverIn: folders }
}

function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')
}
