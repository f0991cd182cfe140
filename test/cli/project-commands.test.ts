import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder } from '../support/corelab.js'
import { runInProcess } from './in-process.js'

let parent = ''
let dir = ''
beforeAll(async () => {
  parent = await makeFolder()
  dir = join(parent, 'my bank')
  await runInProcess(['init', 'my bank'], { cwd: parent })
})
afterAll(() => rm(parent, { recursive: true, force: true }))

/** What `--json` says, and its exit status. */
async function ask(argv: readonly string[], cwd = dir) {
  const { code, stdout } = await runInProcess([...argv, '--json'], { cwd })
  return { code, ...JSON.parse(stdout) }
}

describe('init', () => {
  test('a rehearsal shows the tree and writes nothing', async () => {
    const { code, stdout } = await runInProcess(['init', 'other', '--dry-run'], { cwd: parent })

    expect(code).toBe(0)
    expect(stdout).toContain('corelab.yaml')
    expect(stdout).toContain('Nothing was written.')
    await expect(readFile(join(parent, 'other', 'corelab.yaml'))).rejects.toThrow('ENOENT')
  })

  test('a second run changes nothing; an edited file is kept and named', async () => {
    const readme = join(dir, 'README.md')
    const again = await ask(['init', '.'])
    await writeFile(readme, 'mine\n')
    const kept = await ask(['init', '.'])

    expect(again.data.files.create).toEqual([])
    expect(kept.data.files['keep-edited']).toEqual(['README.md'])
    expect(await readFile(readme, 'utf8')).toBe('mine\n')
  })

  test('--force overwrites the edited file and says which', async () => {
    const { stdout } = await runInProcess(['init', '.', '--force'], { cwd: dir })

    expect(stdout).toContain('replaced  README.md')
  })

  test('a corelab.yaml that was made wrong is kept, with a warning', async () => {
    const config = join(dir, 'corelab.yaml')
    const before = await readFile(config, 'utf8')
    await writeFile(config, `${before}\nprofil: tiny\n`)
    try {
      const { code, data, warnings } = await ask(['init', '.'])

      expect(code).toBe(0)
      expect(data.profile).toBeNull()
      expect(warnings).toMatchObject([{ code: 'CONFIG_INVALID' }])
    } finally {
      await writeFile(config, before)
    }
  })
})

describe('a project that was never started', () => {
  test('is stopped, which is an answer with exit 1', async () => {
    const { code, ok, data } = await ask(['status'])

    expect(code).toBe(1)
    expect(ok).toBe(true)
    expect(data).toMatchObject({ state: 'stopped', environments: [], next: ['corelab up'] })
  })

  test.each([['env'], ['logs'], ['connect', 'master', '--print']])('%s needs a core', async (...argv) => {
    const { code, error } = await ask(argv)

    expect(code).toBe(1)
    expect(error).toMatchObject({ code: 'ENV_NOT_RUNNING', fix: ['corelab up'] })
  })

  test('down has nothing to do, once and again, with and without its data', async () => {
    for (const argv of [['down'], ['down'], ['down', '--volumes', '--yes']]) {
      expect((await ask(argv)).code).toBe(0)
    }
  })

  test('is found from any folder below it, and by -C from anywhere', async () => {
    const below = await ask(['status'], join(dir, 'subsystems'))
    const byFlag = await ask(['status', '-C', dir], parent)

    expect(below.data.project).toBe(dir)
    expect(byFlag.data.project).toBe(dir)
  })
})

describe('which environment', () => {
  async function environments(...names: readonly string[]) {
    await rm(join(dir, '.corelab'), { recursive: true, force: true })
    for (const name of names) {
      const state = join(dir, '.corelab', name)
      await mkdir(state, { recursive: true })
      await writeFile(join(state, 'env.json'), '{"schema":"corelab/environment@1","profile":"tiny"}\n')
    }
  }

  test('the only one is meant when none is named', async () => {
    await environments('second')

    expect((await ask(['status'])).data.env).toBe('second')
  })

  test('among several, default is meant, and the others are mentioned', async () => {
    await environments('default', 'second')

    const { stdout } = await runInProcess(['status'], { cwd: dir })

    expect(stdout).toContain('Environment default')
    expect(stdout).toContain('Other environments here: second')
  })

  test('among several without a default one, the user must say which', async () => {
    await environments('one', 'two')

    const { code, error } = await ask(['status'])

    expect(code).toBe(2)
    expect(error.detail).toBe('Known environments: one, two')
  })
})

describe('what was measured with an environment', () => {
  const reports = join('.corelab', 'default', 'reports')

  async function measured() {
    await rm(join(dir, '.corelab'), { recursive: true, force: true })
    const state = join(dir, '.corelab', 'default')
    for (const folder of ['reports/bench/one', 'components/db-1/data', 'secrets'])
      await mkdir(join(state, folder), { recursive: true })
    for (const file of ['env.json', 'reports/bench/one/result.json', 'secrets/secrets.json'])
      await writeFile(join(state, file), '{"schema":"corelab/environment@1","profile":"tiny"}\n')
    return state
  }

  test('outlives its data, and down says where it is and how it goes', async () => {
    const state = await measured()
    const { code, stdout } = await runInProcess(['down', '--volumes', '--yes'], { cwd: dir })

    expect(code).toBe(0)
    expect(stdout).toContain(`Its reports stay: ${reports}\n`)
    expect(stdout).toContain('down --volumes --reports')
    expect(await readdir(state)).toEqual(['reports'])
    expect(await readdir(join(state, 'reports', 'bench', 'one'))).toEqual(['result.json'])
    expect((await ask(['status'])).data.environments).toEqual([])
  })

  test('goes by its own word, also when the data is gone already', async () => {
    await measured()
    await ask(['down', '--volumes', '--yes'])
    const { code, data } = await ask(['down', '--volumes', '--reports', '--yes'])

    expect(code).toBe(0)
    expect(data).toMatchObject({ deleted: true, reportsKept: null })
    expect(await readdir(join(dir, '.corelab'))).toEqual([])
  })

  test('is not deleted by a word alone', async () => {
    const state = await measured()
    const { code, stderr } = await runInProcess(['down', '--reports', '--yes'], { cwd: dir })

    expect(code).toBe(2)
    expect(stderr).toContain('--volumes')
    expect(await readdir(state)).toContain('reports')
  })
})

test('the plan of up is pure data without a secret, and starts nothing', async () => {
  await rm(join(dir, '.corelab'), { recursive: true, force: true })

  const { code, data } = await ask(['up', '--dry-run', '--profile', 'tiny', '--port-base', '24000'])
  const status = await ask(['status'])

  expect(code).toBe(0)
  expect(data.plan).toMatchObject({ env: 'default', profile: { name: 'tiny' }, ports: { base: 24_000 } })
  expect(data.plan.components.map(({ name }: { name: string }) => name)).toHaveLength(8)
  expect(JSON.stringify(data)).not.toMatch(/password|IDENTIFIED/i)
  expect(status.data.state).toBe('stopped')
})

test('an error code is explained in any spelling, and all can be listed', async () => {
  const one = await ask(['explain', 'port-in-use'])
  const all = await ask(['explain'])

  expect(one.data).toMatchObject({ code: 'PORT_IN_USE', exit: 3 })
  expect(all.data.codes.length).toBeGreaterThan(20)
})
