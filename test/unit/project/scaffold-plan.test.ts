import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlannedFile, ScaffoldManifest, ScaffoldPlan } from '../../../src/project/scaffold-plan.js'
import {
  decideScaffold,
  emptyManifest,
  hashOf,
  isWrite,
  manifestAfter,
  manifestBefore,
} from '../../../src/project/scaffold-plan.js'

const path = 'corelab.yaml'
const wanted = { path, text: 'new' }

function actionWith(facts: {
  readonly onDisk: string | null
  readonly weWrote?: readonly string[]
  readonly force?: boolean
}): string {
  const found = new Map(facts.onDisk === null ? [] : [[path, hashOf(facts.onDisk)]])
  const manifest: ScaffoldManifest = {
    ...emptyManifest,
    files: facts.weWrote ? { [path]: facts.weWrote.map(hashOf) } : {},
  }
  const [file] = decideScaffold({ files: [wanted], found, manifest, force: facts.force ?? false })
  return file!.action
}

describe('a file', () => {
  test('that is not there is created, also when it was there once', () => {
    expect(actionWith({ onDisk: null })).toBe('create')
    expect(actionWith({ onDisk: null, weWrote: ['old'] })).toBe('create')
  })

  test('with the wanted text is left alone, whoever wrote it', () => {
    expect(actionWith({ onDisk: 'new' })).toBe('unchanged')
    expect(actionWith({ onDisk: 'new', weWrote: ['old'], force: true })).toBe('unchanged')
  })

  test('that we wrote and nobody edited is brought up to date', () => {
    expect(actionWith({ onDisk: 'old', weWrote: ['old'] })).toBe('upgrade')
  })

  test('that somebody edited is kept', () => {
    expect(actionWith({ onDisk: 'old, edited', weWrote: ['old'] })).toBe('keep-edited')
  })

  test('that was there before us is kept', () => {
    expect(actionWith({ onDisk: 'foreign' })).toBe('keep-edited')
  })

  test('that somebody edited is overwritten by force only', () => {
    expect(actionWith({ onDisk: 'old, edited', weWrote: ['old'], force: true })).toBe('overwrite')
  })

  test('of which a write was begun is ours with either text', () => {
    expect(actionWith({ onDisk: 'old', weWrote: ['old', 'half-way version'] })).toBe('upgrade')
    expect(actionWith({ onDisk: 'half-way version', weWrote: ['old', 'half-way version'] })).toBe('upgrade')
  })
})

const text = fc.constantFrom('a', 'b', 'c', 'd')
const paths = ['one', 'two', 'three/four'] as const
const states = fc.record({
  wanted: fc.tuple(text, text, text),
  disk: fc.tuple(fc.option(text), fc.option(text), fc.option(text)),
  wrote: fc.tuple(fc.array(text), fc.array(text), fc.array(text)),
})

type State = typeof states extends fc.Arbitrary<infer S> ? S : never

function planFor(state: State, force: boolean): ScaffoldPlan {
  const manifest: ScaffoldManifest = {
    ...emptyManifest,
    files: Object.fromEntries(paths.map((each, index) => [each, state.wrote[index]!.map(hashOf)])),
  }
  const found = new Map<string, string>()
  for (const [index, each] of paths.entries()) {
    const onDisk = state.disk[index]
    if (onDisk !== null && onDisk !== undefined) found.set(each, hashOf(onDisk))
  }
  const files = paths.map((each, index) => ({ path: each, text: state.wanted[index]! }))
  const decided = decideScaffold({ files, found, manifest, force })
  return { schema: 'corelab/scaffold-plan@1', dir: '/p', name: 'p', files: decided, manifest }
}

describe('whatever is on disk', () => {
  test('a text that we did not write is never replaced without force', () => {
    fc.assert(
      fc.property(states, (state) => {
        for (const [index, file] of planFor(state, false).files.entries()) {
          const onDisk = state.disk[index]
          const isForeign = onDisk !== null && !state.wrote[index]!.includes(onDisk!)
          if (isForeign) expect(isWrite(file.action)).toBe(false)
        }
      }),
    )
  })

  test('by force, every file ends with the wanted text', () => {
    fc.assert(
      fc.property(states, (state) => {
        for (const file of planFor(state, true).files) {
          expect(isWrite(file.action) || file.foundHash === hashOf(file.text)).toBe(true)
        }
      }),
    )
  })

  test('a second plan after the first was carried out writes nothing', () => {
    fc.assert(
      fc.property(states, fc.boolean(), (state, force) => {
        const first = planFor(state, force)
        const found = foundAfter(first, (file) => isWrite(file.action))

        const second = decideScaffold({
          files: first.files,
          found,
          manifest: manifestAfter(first),
          force: false,
        })

        expect(second.filter((each) => isWrite(each.action))).toEqual([])
      }),
    )
  })

  test('a crash after any number of writes leaves no file of ours that looks edited', () => {
    fc.assert(
      fc.property(states, fc.nat(paths.length), (state, writes) => {
        const first = planFor(state, false)
        const written = first.files.filter((each) => isWrite(each.action)).slice(0, writes)
        const found = foundAfter(first, (file) => written.includes(file))
        const newer = first.files.map((file) => ({
          path: file.path,
          text: `${file.text} of the next version`,
        }))

        const second = decideScaffold({ files: newer, found, manifest: manifestBefore(first), force: false })

        const kept = (files: readonly PlannedFile[]) =>
          files.filter((each) => !isWrite(each.action)).map((each) => each.path)
        expect(kept(second)).toEqual(first.files.filter((f) => f.action === 'keep-edited').map((f) => f.path))
      }),
    )
  })
})

/** The hashes on disk when of a plan only some files were written. */
function foundAfter(
  plan: ScaffoldPlan,
  isWritten: (file: PlannedFile) => boolean,
): ReadonlyMap<string, string> {
  const hashes = plan.files.map(
    (file) => [file.path, isWritten(file) ? hashOf(file.text) : file.foundHash] as const,
  )
  return new Map(hashes.flatMap(([each, hash]) => (hash === null ? [] : [[each, hash] as const])))
}
