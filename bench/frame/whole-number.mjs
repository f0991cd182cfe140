/** The value of the flag `--<flag>`, a whole number from 1 on. Throws with what was given. */
export function wholeNumber(flag, text, max = Infinity) {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  const range = max === Infinity ? 'above 0' : `from 1 to ${max}`
  throw new Error(`--${flag} must be a whole number ${range}, not ${text}`)
}
