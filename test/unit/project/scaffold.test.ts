import { execFile } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/kit/clock.js'
import type { Context } from '../../../src/kit/context.js'
import type { EventBody } from '../../../src/kit/events.js'
import { findProject } from '../../../src/project/find-project.js'
import { projectFiles } from '../../../src/project/project-files.js'
import type { ScaffoldOptions, ScaffoldOutcome } from '../../../src/project/scaffold.js'
import { executeScaffold, planScaffold } from '../../../src/project/scaffold.js'
import type { ScaffoldPlan } from '../../../src/project/scaffold-plan.js'
import { decideScaffold } from '../../../src/project/scaffold-plan.js'
import { asOrdinaryUser } from './ordinary-user.js'

let root: string
let dir: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'corelab-init-')))
  dir = join(root, 'my-bank')
})

afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

function contextWith(onEvent: (event: EventBody, stop: () => void) => void = () => undefined): Context {
  const controller = new AbortController()
  const stop = () => controller.abort()
  return { clock: systemClock, emit: (event) => onEvent(event, stop), signal: controller.signal }
}

async function init(
  options: Partial<ScaffoldOptions> = {},
  context = contextWith(),
): Promise<ScaffoldOutcome> {
  return await executeScaffold(await planScaffold({ dir, force: false, ...options }), context)
}

/** Path -> inode, change time and content: any write at all shows. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
  const facts = files.map(async (file) => {
    const { ino, mtimeNs } = await stat(file, { bigint: true })
    return [file, `${ino} ${mtimeNs} ${await readFile(file, 'utf8')}`]
  })
  return Object.fromEntries(await Promise.all(facts))
}

const contentOf = (path: string) => readFile(join(dir, path), 'utf8')
const edit = (path: string, text: string) => writeFile(join(dir, path), text)

const choices = { name: 'my-bank', profile: 'small', seed: 1 } as const
const paths = projectFiles(choices).map((each) => each.path)

describe('a new project', () => {
  test('has its settings, its server configuration and 21 subsystem folders, and is found', async () => {
    const outcome = await init()

    expect(outcome.files.create).toEqual(paths)
    expect(paths).toHaveLength(8 + 2 * 21)
    expect(await readdir(join(dir, 'subsystems'))).toHaveLength(21)
    const project = await findProject({ fromDir: join(dir, 'subsystems', 'pay') })
    expect(project.config).toMatchObject({ name: 'my-bank', profile: 'small', seed: 1 })
  })

  test('has the name and the profile that were asked for', async () => {
    await init({ name: 'north', profile: 'tiny' })

    expect((await findProject({ fromDir: dir })).config).toMatchObject({ name: 'north', profile: 'tiny' })
  })

  test('keeps its state out of version control even where an own .gitignore was kept', async () => {
    await mkdir(dir)
    await edit('.gitignore', 'dist/\n')

    const outcome = await init()
    await mkdir(join(dir, '.corelab', 'default', 'secrets'), { recursive: true })
    await edit('.corelab/default/secrets/secrets.json', '{}')

    expect(outcome.files['keep-edited']).toEqual(['.gitignore'])
    const git = promisify(execFile)
    await git('git', ['init', '-q', dir])
    const { stdout } = await git('git', ['-C', dir, 'status', '--porcelain', '--untracked-files=all'])
    expect(stdout).not.toContain('.corelab')
    expect(stdout).toContain('corelab.yaml')
  })

  test('is only planned by a plan: nothing is made', async () => {
    const plan = await planScaffold({ dir, force: false })

    expect(plan.files.map((each) => each.action)).toEqual(plan.files.map(() => 'create'))
    expect(await readdir(root)).toEqual([])
  })

  test.each([
    'with some spaces',
    '省联社 核心',
    'Überweisung für José',
    'quo\'te $HOME `x` "y"',
    `${'deep folder/'.repeat(90)}end`,
  ])('can be in a folder called %s', async (name) => {
    dir = join(root, name)

    await init()

    expect((await findProject({ fromDir: dir })).dir).toBe(dir)
    expect((await init()).files.unchanged).toEqual(paths)
  })

  test('may be written through a link to its folder', async () => {
    await mkdir(dir)
    await symlink(dir, join(root, 'link'))

    await init({ dir: join(root, 'link') })

    expect((await init()).files.unchanged).toEqual(paths)
  })

  test('may be in a folder with other things, which stay', async () => {
    await mkdir(join(dir, 'subsystems', 'pay'), { recursive: true })
    await edit('notes.txt', 'mine')
    await edit('subsystems/pay/handler.mjs', 'export default { mine: true }')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['subsystems/pay/handler.mjs'])
    expect(await contentOf('notes.txt')).toBe('mine')
    expect(await contentOf('subsystems/pay/handler.mjs')).toBe('export default { mine: true }')
  })
})

describe('a second init', () => {
  test('writes nothing at all', async () => {
    await init()
    const before = await snapshot(dir)

    const outcome = await init()

    expect(outcome.files.unchanged).toEqual(paths)
    expect(await snapshot(dir)).toEqual(before)
  })

  test('keeps edited files and says which', async () => {
    await init()
    await edit('config/mysql/extra.cnf', '[mariadbd]\nslow_query_log = ON\n')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['config/mysql/extra.cnf'])
    expect(await contentOf('config/mysql/extra.cnf')).toContain('slow_query_log = ON\n')
  })

  test('with force overwrites them and says which', async () => {
    await init()
    const original = await contentOf('README.md')
    await edit('README.md', 'mine')

    const outcome = await init({ force: true })

    expect(outcome.files.overwrite).toEqual(['README.md'])
    expect(await contentOf('README.md')).toBe(original)
    expect((await init()).files.unchanged).toEqual(paths)
  })

  test('writes again what was deleted', async () => {
    await init()
    await rm(join(dir, 'subsystems', 'act'), { recursive: true })

    const outcome = await init()

    expect(outcome.files.create).toEqual(['subsystems/act/contract.yaml', 'subsystems/act/handler.mjs'])
  })

  test('takes what the edited corelab.yaml says, and leaves it', async () => {
    await init()
    await edit('corelab.yaml', 'name: my-bank # mine\nprofile: tiny\nseed: 5\n')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['corelab.yaml'])
    expect(outcome.files.upgrade).toEqual([])
  })

  test('remembers a name that is not the folder’s', async () => {
    await init({ name: 'north' })

    expect((await init()).files.unchanged).toEqual(paths)
    expect(await contentOf('README.md')).toMatch(/^# north\n/)
  })

  test('leaves a corelab.yaml that is not valid for its owner to mend', async () => {
    await init()
    await edit('corelab.yaml', 'nmae: x\n')

    expect((await init()).files['keep-edited']).toEqual(['corelab.yaml'])
  })

  test('on a clone, where nothing is remembered, keeps what differs and adopts what is the same', async () => {
    await init()
    await rm(join(dir, '.corelab'), { recursive: true })
    await edit('compose.yaml', 'name: mine\n')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['compose.yaml'])
    expect(outcome.files.unchanged).toHaveLength(paths.length - 1)
    expect(JSON.parse(await contentOf('.corelab/scaffold.json')).files['README.md']).toHaveLength(1)
  })

  test.each(['', '{"schema":', '[]', '{"schema":"corelab/scaffold@1","files":{"README.md":[1]}}'])(
    'with a damaged memory (%s) takes everything that differs for edited',
    async (damaged) => {
      await init()
      await edit('.corelab/scaffold.json', damaged)
      await edit('README.md', 'mine')

      expect((await init()).files['keep-edited']).toEqual(['README.md'])
    },
  )
})

/** The plan that another version of corelab, with other texts, would make now. */
async function planOfVersion(version: string): Promise<ScaffoldPlan> {
  const plan = await planScaffold({ dir, force: false })
  const files = plan.files.map(({ path, text }) => ({ path, text: `${text}# ${version}\n` }))
  const seen = plan.files.flatMap(({ path, foundHash }) =>
    foundHash === null ? [] : [[path, foundHash] as const],
  )
  const decided = decideScaffold({ files, found: new Map(seen), manifest: plan.manifest, force: false })
  return { ...plan, files: decided }
}

async function initOlderVersion(): Promise<void> {
  await executeScaffold(await planOfVersion('older'), contextWith())
}

describe('after an update of corelab', () => {
  test('untouched files are brought up to date, edited ones are kept', async () => {
    await initOlderVersion()
    await edit('compose.yaml', 'mine')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['compose.yaml'])
    expect(outcome.files.upgrade).toEqual(paths.filter((path) => path !== 'compose.yaml'))
    expect(await contentOf('subsystems/act/contract.yaml')).not.toContain('# older')
  })

  test('an interrupted update goes on with the next version, and still tells edited from untouched', async () => {
    await initOlderVersion()
    const plan = await planScaffold({ dir, force: false })
    const between = {
      ...plan,
      files: plan.files.map((file) => ({ ...file, text: `${file.text}# between\n` })),
    }
    const stopAtTen = contextWith((event, stop) => {
      if (event.kind === 'step.progress' && event.done === 10) stop()
    })
    await expect(executeScaffold(between, stopAtTen)).rejects.toMatchObject({ code: 'CANCELLED' })
    await edit('README.md', 'mine')

    const outcome = await init()

    expect(outcome.files['keep-edited']).toEqual(['README.md'])
    expect(outcome.files.upgrade).toHaveLength(paths.length - 1)
  })
})

describe('bad luck', () => {
  test('an init that was interrupted is finished by the next one', async () => {
    const stopAtSeven = contextWith((event, stop) => {
      if (event.kind === 'step.progress' && event.done === 7) stop()
    })

    await expect(init({}, stopAtSeven)).rejects.toMatchObject({ code: 'CANCELLED' })
    const outcome = await init()

    expect(outcome.files.unchanged).toEqual(paths.slice(0, 7))
    expect(outcome.files.create).toEqual(paths.slice(7))
  })

  test('a folder that may not be written is named', async () => {
    await mkdir(dir)
    await chmod(root, 0o755)
    await chmod(dir, 0o555)

    await asOrdinaryUser(() =>
      expect(init()).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining(dir),
      }),
    )
    expect(await readdir(dir)).toEqual([])
  })

  test('a folder that cannot be made is named', async () => {
    await chmod(root, 0o555)

    await asOrdinaryUser(() => expect(init()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' }))
  })

  test('a folder that may not even be read', async () => {
    await init()
    await chmod(root, 0o755)
    await chmod(dir, 0o000)

    await asOrdinaryUser(() => expect(init()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' }))
  })

  test('a file in the place of the folder', async () => {
    await writeFile(dir, 'a file')

    await expect(init()).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: 'a file is where the project folder must be',
    })
  })

  test('a file in the place of a folder above', async () => {
    await writeFile(dir, 'a file')

    await expect(init({ dir: join(dir, 'a', 'b') })).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: `${dir} is a file, not a folder`,
    })
  })

  test('all files and folders in the way are listed, each once, and nothing is written', async () => {
    await mkdir(join(dir, 'README.md'), { recursive: true })
    await edit('subsystems', 'a file')

    await expect(init()).rejects.toMatchObject({
      code: 'INIT_CONFLICT',
      detail: 'README.md is a folder, not a file\nsubsystems is a file, not a folder',
    })
    expect((await readdir(dir)).sort()).toEqual(['README.md', 'subsystems'])
  })

  test('a file that changes between plan and execution is not lost', async () => {
    const plan = await planScaffold({ dir, force: false })
    await mkdir(join(dir, 'config', 'mysql'), { recursive: true })
    await edit('config/mysql/extra.cnf', 'just saved')

    await expect(executeScaffold(plan, contextWith())).rejects.toMatchObject({ code: 'INIT_CONFLICT' })

    expect(await contentOf('config/mysql/extra.cnf')).toBe('just saved')
  })

  test('a path that this system cannot hold is wrong usage', async () => {
    const tooDeep = join(root, 'x'.repeat(200), ...Array<string>(20).fill('y'.repeat(200)))

    await expect(init({ dir: tooDeep })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('leaves no temporary files', async () => {
    await init()

    const names = await readdir(dir, { recursive: true })
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

type Deed =
  | { readonly kind: 'init' }
  | { readonly kind: 'interrupted'; readonly afterFiles: number }
  | { readonly kind: 'older version' }
  | { readonly kind: 'edit'; readonly path: string }
  | { readonly kind: 'delete'; readonly path: string }

const somePath = fc.constantFrom('corelab.yaml', 'README.md', '.gitignore', 'subsystems/act/handler.mjs')
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constant<Deed>({ kind: 'init' }),
  fc.record({ kind: fc.constant('interrupted' as const), afterFiles: fc.integer({ min: 1, max: 50 }) }),
  fc.constant<Deed>({ kind: 'older version' }),
  fc.record({ kind: fc.constant('edit' as const), path: somePath }),
  fc.record({ kind: fc.constant('delete' as const), path: somePath }),
)

async function perform(each: Deed, edited: Map<string, string>): Promise<void> {
  switch (each.kind) {
    case 'init':
      await init()
      return
    case 'interrupted': {
      const stopping = contextWith((event, stop) => {
        if (event.kind === 'step.progress' && event.done === each.afterFiles) stop()
      })
      await init({}, stopping).catch((error) => expect(error).toMatchObject({ code: 'CANCELLED' }))
      return
    }
    case 'older version':
      await initOlderVersion()
      return
    case 'edit': {
      const text = `name: my-bank # an edit of ${each.path}\n`
      await mkdir(dirname(join(dir, each.path)), { recursive: true })
      await edit(each.path, text)
      edited.set(each.path, text)
      return
    }
    case 'delete':
      await rm(join(dir, each.path), { force: true })
      edited.delete(each.path)
  }
}

test('whatever happens in whatever order, no edit is lost and the last init completes the rest', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 5 }), async (deeds) => {
      dir = join(root, `run-${run++}`, 'my-bank')
      const edited = new Map<string, string>()

      for (const each of deeds) await perform(each, edited)
      await init()

      for (const { path, text } of projectFiles(choices)) {
        expect(await contentOf(path), path).toBe(edited.get(path) ?? text)
      }
    }),
    { numRuns: 10 },
  )
})
