#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const argv = process.argv.slice(2)
const lingerMaxMs = 500

// A reader that has seen enough closes the pipe; that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const text = finishedText()
if (text !== null) process.stdout.write(text)
else await runCommand()

/** The answers that need no command line framework: reading one costs more than answering. */
function finishedText() {
  const [first = '', ...rest] = argv
  if (rest.length > 0) return null
  if (first === '') return read('dist/help/concise.txt')
  if (['--help', '-h', 'help'].includes(first)) return read('dist/help/root.txt')
  if (first === '--version' || first === 'version') {
    const { name, version } = JSON.parse(read('package.json'))
    return `${name} ${version} (${process.platform}-${process.arch}, node ${process.version})\n`
  }
  return null
}

function read(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') notBuilt()
    throw error
  }
}

async function runCommand() {
  // React and oclif both have a slower and noisier development mode, which is not about the user's program.
  process.env.NODE_ENV = 'production'
  const { main } = await import('../dist/cli/main.js').catch((error) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('dist/cli/main.js')) notBuilt()
    throw error
  })
  await main(argv, fileURLToPath(root))
  // Leftovers (a socket, a timer) may not keep a finished command alive for long.
  setTimeout(() => process.exit(), lingerMaxMs).unref()
}

function notBuilt() {
  process.stderr.write(
    `\n x corelab is not built yet\n\n   Try:  npm run build   (in ${fileURLToPath(root)})\n`,
  )
  process.exit(3)
}
