/** The lowest Node.js that corelab runs on; `engines` in package.json says the same and a test compares them. */
export const lowestNode = '20.19.0'

/**
 * Ends the script with exit code 3 when this Node.js is too old. Imported before anything else, so that an old
 * Node.js gets this sentence and not a syntax error.
 */
export function requireNode() {
  if (isAtLeast(process.versions.node, lowestNode)) return
  process.stderr.write(
    `\n x Node.js ${process.versions.node} is too old: corelab needs ${lowestNode} or later\n\n` +
      `   This is ${process.execPath}.\n\n` +
      '   Try:  install Node.js 20 or later from https://nodejs.org, or: nvm install 20 && nvm use 20\n\n',
  )
  process.exit(3)
}

/**
 * Whether a version is at least another; both as `major.minor.patch`, missing parts count as zero.
 * @param {string} version
 * @param {string} lowest
 */
export function isAtLeast(version, lowest) {
  const [have, want] = [version, lowest].map((text) => text.split('.').map(Number))
  for (let part = 0; part < 3; part++) {
    const difference = (have?.[part] ?? 0) - (want?.[part] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
