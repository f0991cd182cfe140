/** A set-up step that cannot go on: says what, why and the command that mends it. */
export class SetupError extends Error {
  /**
   * @param {{
   *   message: string,
   *   detail?: string,
   *   fix?: readonly string[],
   *   code?: string,
   *   exit?: number,
   * }} facts `exit` follows the table of exit codes in README.md; 3 = this host is not fit.
   */
  constructor({ message, detail = '', fix = [], code = '', exit = 3 }) {
    super(message)
    this.name = 'SetupError'
    this.detail = detail
    this.fix = fix
    this.code = code
    this.exit = exit
  }
}

/** The user's own wish to stop: not a failure. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.name = 'Interrupted'
    this.exit = signal === 'SIGINT' ? 130 : 143
  }
}

/** A failure that another process of ours has already told the user. */
export class AlreadyExplained extends Error {
  /** @param {number} exit */
  constructor(exit) {
    super(`ended with exit code ${exit}`)
    this.name = 'AlreadyExplained'
    this.exit = exit
  }
}

/**
 * The error as people read it: what, why, fix; the most important line last.
 * @param {SetupError} error
 */
export function renderSetupError({ message, detail, fix, code }) {
  const indent = (/** @type {string} */ text) => text.replace(/^(?=.)/gm, '   ')
  const lines = ['', ` x ${message}`, '']
  if (detail !== '') lines.push(indent(detail.trimEnd()), '')
  fix.forEach((command, index) => {
    lines.push(`   ${index === 0 ? 'Try:' : '    '}  ${command}`)
  })
  if (code !== '') lines.push(`   Code: ${code}   (docs/errors.md#${code.toLowerCase()})`)
  return `${lines.join('\n')}\n\n`
}
