import { basename } from 'node:path'
import { formatBytes } from '../kit/units.js'
import type { PlannedFile, ScaffoldAction, ScaffoldPlan } from './scaffold-plan.js'

/** The plan as an indented tree, a line per folder and file, for `corelab init --dry-run`. Ends with a line feed. */
export function renderTree(plan: ScaffoldPlan): string {
  const rows = rowsOf(plan.files, 1)
  const width = Math.max(...rows.map((row) => row.label.length)) + 2
  const lines = rows.map(({ label, file }) =>
    file === null ? label : `${label.padEnd(width)}${facts(file)}`,
  )
  return `${[`${basename(plan.dir) || plan.dir}/`, ...lines].join('\n')}\n`
}

/** The plan without the texts, for `--json`. */
export function listPlan({ dir, name, files }: ScaffoldPlan): {
  readonly dir: string
  readonly name: string
  readonly files: readonly Pick<PlannedFile, 'path' | 'action' | 'bytes'>[]
} {
  return { dir, name, files: files.map(({ path, action, bytes }) => ({ path, action, bytes })) }
}

interface Row {
  readonly label: string
  readonly file: PlannedFile | null
}

/** Files of a folder first, then its folders, each in the order of the plan. */
function rowsOf(files: readonly PlannedFile[], depth: number): readonly Row[] {
  const stepsOf = (file: PlannedFile) => file.path.split('/').slice(depth - 1)
  const indent = '  '.repeat(depth)
  const own = files.filter((file) => stepsOf(file).length === 1)
  const folders = new Map<string, PlannedFile[]>()
  for (const file of files) {
    const [folder, ...rest] = stepsOf(file)
    if (folder === undefined || rest.length === 0) continue
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return [
    ...own.map((file) => ({ label: `${indent}${stepsOf(file)[0] ?? ''}`, file })),
    ...[...folders].flatMap(([folder, inside]) => [
      { label: `${indent}${folder}/`, file: null },
      ...rowsOf(inside, depth + 1),
    ]),
  ]
}

const actionTexts: Readonly<Record<ScaffoldAction, string>> = {
  create: 'create',
  unchanged: 'unchanged',
  upgrade: 'update',
  'keep-edited': 'keep (edited)',
  overwrite: 'OVERWRITE (edited)',
}

function facts(file: PlannedFile): string {
  const text = actionTexts[file.action]
  return file.action === 'keep-edited' ? text : `${text}, ${formatBytes(file.bytes)}`
}
