import { chmod, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { EventBody } from '../../../src/kit/events.js'
import { projectFiles } from '../../../src/project/project-files.js'
import type { ScaffoldOptions, ScaffoldOutcome } from '../../../src/project/scaffold.js'
import { executeScaffold, planScaffold } from '../../../src/project/scaffold.js'
import type { ScaffoldPlan } from '../../../src/project/scaffold-plan.js'
import { decideScaffold } from '../../../src/project/scaffold-plan.js'

/** What `init` writes into a folder called my-bank. */
export const filesOfMyBank = projectFiles({ name: 'my-bank', profile: 'small', seed: 1 })
export const paths = filesOfMyBank.map((each) => each.path)

/** A folder for projects, made anew for each test, and what is done in it. `dir` need not exist. */
export interface Yard {
  root: string
  dir: string
  init(options?: Partial<ScaffoldOptions>, context?: Context): Promise<ScaffoldOutcome>
  contentOf(path: string): Promise<string>
  edit(path: string, text: string): Promise<void>
  /** The plan that another version of corelab, with other texts, would make now. */
  planOfVersion(version: string): Promise<ScaffoldPlan>
}

export function freshYard(): Yard {
  const yard: Yard = {
    root: '',
    dir: '',
    init: async (options = {}, context = contextWith()) =>
      await executeScaffold(await planScaffold({ dir: yard.dir, force: false, ...options }), context),
    contentOf: (path) => readFile(join(yard.dir, path), 'utf8'),
    edit: (path, text) => writeFile(join(yard.dir, path), text),
    planOfVersion: async (version) => {
      const plan = await planScaffold({ dir: yard.dir, force: false })
      const files = plan.files.map(({ path, text }) => ({ path, text: `${text}# ${version}\n` }))
      const found = plan.files.flatMap(({ path, foundHash }) =>
        foundHash === null ? [] : [[path, foundHash] as const],
      )
      const facts = { files, found: new Map(found), manifest: plan.manifest, force: false }
      return { ...plan, files: decideScaffold(facts) }
    },
  }
  beforeEach(async () => {
    yard.root = await realpath(await mkdtemp(join(tmpdir(), 'corelab-init-')))
    yard.dir = join(yard.root, 'my-bank')
  })
  afterEach(async () => {
    // Only root may empty a folder that a test has closed.
    await chmod(yard.dir, 0o755).catch(() => undefined)
    await rm(yard.root, { recursive: true, force: true })
  })
  return yard
}

export function contextWith(
  onEvent: (event: EventBody, stop: () => void) => void = () => undefined,
): Context {
  const controller = new AbortController()
  const stop = () => controller.abort()
  return { clock: systemClock, emit: (event) => onEvent(event, stop), signal: controller.signal }
}

/** Wishes to stop when so many files were written. */
export function stopAfter(files: number): Context {
  return contextWith((event, stop) => {
    if (event.kind === 'step.progress' && event.done === files) stop()
  })
}

/** Path -> inode, change time and content: any write at all shows. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const facts = files.map(async (file) => {
    const { ino, mtimeNs } = await stat(file, { bigint: true })
    return [file, `${ino} ${mtimeNs} ${await readFile(file, 'utf8')}`]
  })
  return Object.fromEntries(await Promise.all(facts))
}
