import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { executeScaffold } from '../../../src/project/scaffold.js'
import { contextWith, filesOfMyBank, freshYard, paths, stopAfter } from './yard.js'

const yard = freshYard()

async function initOlderVersion(): Promise<void> {
  await executeScaffold(await yard.planOfVersion('older'), contextWith())
}

describe('after an update of corelab', () => {
  test('untouched files are brought up to date, edited ones are kept', async () => {
    await initOlderVersion()
    await yard.edit('compose.yaml', 'mine')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['compose.yaml'])
    expect(outcome.files.upgrade).toEqual(paths.filter((path) => path !== 'compose.yaml'))
    expect(await yard.contentOf('subsystems/act/contract.yaml')).not.toContain('# older')
  })

  test('an interrupted update goes on with the next version, and still tells edited from untouched', async () => {
    await initOlderVersion()
    const between = await yard.planOfVersion('between')
    await expect(executeScaffold(between, stopAfter(10))).rejects.toMatchObject({ code: 'CANCELLED' })
    await yard.edit('README.md', 'mine')

    const outcome = await yard.init()

    expect(outcome.files['keep-edited']).toEqual(['README.md'])
    expect(outcome.files.upgrade).toHaveLength(paths.length - 1)
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
      await yard.init()
      return
    case 'interrupted': {
      const stopping = stopAfter(each.afterFiles)
      await yard.init({}, stopping).catch((error) => expect(error).toMatchObject({ code: 'CANCELLED' }))
      return
    }
    case 'older version':
      await initOlderVersion()
      return
    case 'edit': {
      const text = `name: my-bank # an edit of ${each.path}\n`
      await mkdir(dirname(join(yard.dir, each.path)), { recursive: true })
      await yard.edit(each.path, text)
      edited.set(each.path, text)
      return
    }
    case 'delete':
      await rm(join(yard.dir, each.path), { force: true })
      edited.delete(each.path)
  }
}

test('whatever happens in whatever order, no edit is lost and the last init completes the rest', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 5 }), async (deeds) => {
      yard.dir = join(yard.root, `run-${run++}`, 'my-bank')
      const edited = new Map<string, string>()

      for (const each of deeds) await perform(each, edited)
      await yard.init()

      for (const { path, text } of filesOfMyBank) {
        expect(await yard.contentOf(path), path).toBe(edited.get(path) ?? text)
      }
    }),
    { numRuns: 10 },
  )
})
