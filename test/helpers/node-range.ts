/**
 * Whether a version satisfies an `engines` range, for the forms that packages use: alternatives by `||`,
 * comparators side by side, `^`, `~`, `x` and missing parts. Throws on a form it does not know, so that a test
 * never passes by misunderstanding.
 */
export function acceptsVersion(range: string, version: string): boolean {
  const wanted = partsOf(version)
  return range.split('||').some((all) => {
    const comparators = all.trim().replaceAll(/([<>=^~]+)\s+/g, '$1')
    return comparators
      .split(/\s+/)
      .map((comparator) => satisfies(comparator, wanted))
      .every(Boolean)
  })
}

type Version = readonly [number, number, number]

function satisfies(comparator: string, version: Version): boolean {
  if (comparator === '' || comparator === '*') return true
  const match = /^(\^|~|>=|<=|>|<|=)?v?(\d+(?:\.(?:\d+|x|\*))*)$/.exec(comparator)
  if (!match) throw new Error(`unknown form of a version range: ${comparator}`)
  const [, operator = '=', text = ''] = match
  const given = text.split('.').filter((part) => /^\d+$/.test(part)).length
  const bound = partsOf(text)
  const order = compare(version, bound)
  switch (operator) {
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '>':
      return given === 3 ? order > 0 : order > 0 && !sharesParts(version, bound, given)
    case '<=':
      return order <= 0 || sharesParts(version, bound, given)
    case '^':
      return order >= 0 && sharesParts(version, bound, bound[0] === 0 ? 2 : 1)
    case '~':
      return order >= 0 && sharesParts(version, bound, Math.min(given, 2))
    default:
      return sharesParts(version, bound, given)
  }
}

function partsOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map((part) => Number(part) || 0)
  return [major, minor, patch]
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
}

function sharesParts(a: Version, b: Version, count: number): boolean {
  return a.slice(0, count).every((part, index) => part === b[index])
}
