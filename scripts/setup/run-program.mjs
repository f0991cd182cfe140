import { spawn } from 'node:child_process'
import { repositoryDir } from './repository.mjs'
import { stopRequested } from './signals.mjs'

/**
 * Runs a program to its end and returns what it said. A wish to stop ends the program first and then throws
 * the reason. A program that is not there counts as exit code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   env?: NodeJS.ProcessEnv,
 *   onOutput?: (chunk: Buffer) => void,
 *   onStop?: 'terminate' | 'close-stdin' | 'wait',
 *   showStderr?: boolean,
 * }} options `onStop` is what happens to the program when the user wants to stop. A program of another user
 *   (`sudo`) may not be sent a signal: it watches its stdin. One that must not be cut short is waited for, in
 *   a process group of its own, where Ctrl+C does not reach it.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runProgram(command, args, options = {}) {
  stopRequested.throwIfAborted()
  const { env = process.env, onOutput, onStop = 'terminate', showStderr = false } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: repositoryDir,
      env,
      detached: onStop === 'wait',
      stdio: [onStop === 'close-stdin' ? 'pipe' : 'ignore', 'pipe', showStderr ? 'inherit' : 'pipe'],
    })
    /** @type {Buffer[]} */
    const chunks = []
    const keep = (/** @type {Buffer} */ chunk) => {
      chunks.push(chunk)
      onOutput?.(chunk)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.stdin?.on('error', () => undefined)

    const end = () => {
      if (onStop === 'close-stdin') child.stdin?.end()
      if (onStop === 'terminate') child.kill('SIGTERM')
    }
    stopRequested.addEventListener('abort', end, { once: true })
    const settle = (/** @type {number} */ code, /** @type {string} */ extra) => {
      stopRequested.removeEventListener('abort', end)
      if (stopRequested.aborted) reject(stopRequested.reason)
      else resolve({ code, output: Buffer.concat(chunks).toString() + extra })
    }
    child.on('error', (error) => settle(127, error.message))
    child.on('close', (code) => settle(code ?? 1, ''))
  })
}

/**
 * The last lines of a long output, for an error message.
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}
