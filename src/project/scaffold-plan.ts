import { createHash } from 'node:crypto'
import type { ProjectFileText } from './project-files.js'

/**
 * create: not there yet. unchanged: there with this very text. upgrade: ours, never edited, and out of date.
 * keep-edited: edited, or not from us, and left alone. overwrite: the same, but `--force` was given.
 */
export type ScaffoldAction = 'create' | 'unchanged' | 'upgrade' | 'keep-edited' | 'overwrite'

export interface PlannedFile {
  /** Relative to the project folder, with slashes. */
  readonly path: string
  readonly action: ScaffoldAction
  readonly bytes: number
  readonly text: string
  /** SHA-256 of what is on disk now; null when nothing is. The executor refuses when this changed meanwhile. */
  readonly foundHash: string | null
}

/** What `corelab init` will do: pure data, printable with `--dry-run`. */
export interface ScaffoldPlan {
  readonly schema: 'corelab/scaffold-plan@1'
  /** Absolute; need not exist yet. */
  readonly dir: string
  readonly name: string
  readonly files: readonly PlannedFile[]
  readonly manifest: ScaffoldManifest
}

/**
 * `.corelab/scaffold.json`: the hashes of what corelab wrote, so that an edited file can be told from one that is
 * merely out of date. Two hashes for a path: a write was begun, and either text may be there after a crash.
 */
export interface ScaffoldManifest {
  readonly schema: 'corelab/scaffold@1'
  readonly files: Readonly<Record<string, readonly string[]>>
}

export const emptyManifest: ScaffoldManifest = Object.freeze({ schema: 'corelab/scaffold@1', files: {} })

export interface ScaffoldFacts {
  /** What the files should be. */
  readonly files: readonly ProjectFileText[]
  /** SHA-256 of what is on disk, by path; a path that is not there is missing here. */
  readonly found: ReadonlyMap<string, string>
  readonly manifest: ScaffoldManifest
  readonly force: boolean
}

/** Decides file by file; no decision depends on another file. */
export function decideScaffold(facts: ScaffoldFacts): readonly PlannedFile[] {
  return facts.files.map(({ path, text }) => {
    const foundHash = facts.found.get(path) ?? null
    const ours = facts.manifest.files[path] ?? []
    const action = actionFor({ foundHash, wantedHash: hashOf(text), ours, force: facts.force })
    return { path, action, bytes: Buffer.byteLength(text), text, foundHash }
  })
}

function actionFor(file: {
  readonly foundHash: string | null
  readonly wantedHash: string
  readonly ours: readonly string[]
  readonly force: boolean
}): ScaffoldAction {
  if (file.foundHash === null) return 'create'
  if (file.foundHash === file.wantedHash) return 'unchanged'
  if (file.ours.includes(file.foundHash)) return 'upgrade'
  return file.force ? 'overwrite' : 'keep-edited'
}

/** What the manifest says while the plan is carried out: the old text or the new one may be there. */
export function manifestBefore(plan: ScaffoldPlan): ScaffoldManifest {
  const files = { ...plan.manifest.files }
  for (const { path, text, action } of plan.files) {
    if (action === 'keep-edited') continue
    files[path] = [...new Set([...(files[path] ?? []), hashOf(text)])]
  }
  return { ...emptyManifest, files }
}

/** What the manifest says when all was written. An edited file keeps the hash of the text that was edited. */
export function manifestAfter(plan: ScaffoldPlan): ScaffoldManifest {
  const files = { ...plan.manifest.files }
  for (const { path, text, action } of plan.files) {
    if (action !== 'keep-edited') files[path] = [hashOf(text)]
  }
  return { ...emptyManifest, files }
}

export function isWrite(action: ScaffoldAction): boolean {
  return action === 'create' || action === 'upgrade' || action === 'overwrite'
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
