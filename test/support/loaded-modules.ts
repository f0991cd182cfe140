import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Every file that V8 compiled while `run` was at work, CommonJS and ES modules alike: the coverage record that Node
 * writes when it finds `NODE_V8_COVERAGE` lists them.
 */
export async function loadedModules(
  run: (env: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'corelab-modules-'))
  try {
    await run({ NODE_V8_COVERAGE: dir })
    const records = await Promise.all((await readdir(dir)).map((file) => readFile(join(dir, file), 'utf8')))
    const urls = records.flatMap((text) =>
      (JSON.parse(text).result as { url: string }[]).map(({ url }) => url),
    )
    return [...new Set(urls)].filter((url) => url.startsWith('file:')).map((url) => new URL(url).pathname)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
