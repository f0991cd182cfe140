/**
 * The closing line of a test run. A file that could not even be loaded has no tests, and a run without results
 * did not come so far: each counts as one failure, so that the line never looks better than the truth.
 * @param {VitestResults | null} results
 */
export function summarise(results) {
  if (results === null) return { line: '0 passed, 1 failed', isGood: false }
  const { numPassedTests: passed, numFailedTests, testResults } = results
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const failed = numFailedTests + unloaded.length
  const skipped = results.numPendingTests + results.numTodoTests
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
  return { line, isGood: failed === 0 && passed > 0 }
}

/**
 * The part of vitest's JSON report that counts.
 * @typedef {object} VitestResults
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ status: string, assertionResults: unknown[] }[]} testResults
 */
