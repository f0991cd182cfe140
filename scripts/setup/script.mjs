import { pathToFileURL } from 'node:url'
import { inRepository } from './repository.mjs'
import { AlreadyExplained, Interrupted, renderSetupError, SetupError } from './setup-error.mjs'
import { releaseSignals, watchSignals } from './signals.mjs'

const parentWatchMs = 500

/**
 * Runs the body of a script: signals become a wish to stop, a failure becomes a message and an exit code.
 * @param {() => Promise<void>} body
 * @param {{ isHelper?: boolean }} options a helper leaves it to its caller to say that it was stopped.
 */
export async function runScript(body, { isHelper = false } = {}) {
  watchSignals()
  stopWithParent()
  try {
    await body()
  } catch (error) {
    process.exitCode = reportFailure(error, isHelper)
  } finally {
    releaseSignals()
  }
}

/**
 * Goes on as another program of this clone, in this very process: signals, the terminal and the exit code are
 * then simply its own, with nothing in between.
 * @param {string} script path inside the clone
 * @param {readonly string[]} args
 */
export async function becomeProgram(script, args) {
  releaseSignals()
  const path = inRepository(script)
  process.argv = [process.execPath, path, ...args]
  await import(pathToFileURL(path).href)
}

/**
 * npm runs a script through a shell. Told to stop, it stops the shell, which does not tell us; but then our
 * parent is another one.
 */
function stopWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, parentWatchMs)
  timer.unref()
}

/**
 * @param {unknown} error
 * @param {boolean} isHelper
 * @returns {number} the exit code
 */
function reportFailure(error, isHelper) {
  if (error instanceof AlreadyExplained) return error.exit
  if (error instanceof Interrupted) {
    if (!isHelper) process.stderr.write('\nsetup  stopped; the same command goes on from here\n')
    return error.exit
  }
  if (error instanceof SetupError) {
    process.stderr.write(renderSetupError(error))
    return error.exit
  }
  process.stderr.write(`\n x The set-up met a bug of its own\n\n${/** @type {Error} */ (error).stack}\n`)
  return 70
}
