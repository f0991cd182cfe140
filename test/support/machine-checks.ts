import { expect } from 'vitest'

/** Whoever changes it from here on, or anything in it, gets a TypeError. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}

/** Plain data: what is written to a file and read again is the same. */
export function expectPlain(value: unknown): void {
  const again = JSON.parse(JSON.stringify(value))
  if (!isSame(again, value)) expect(again).toStrictEqual(value)
}

/** Of plain data; a key that is `undefined` is not one that is absent. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const others = new Map(Object.entries(right))
  const parts = Object.entries(left)
  return (
    parts.length === others.size &&
    parts.every(([key, each]) => others.has(key) && isSame(each, others.get(key)))
  )
}

/** `expect` costs too much for what is looked at a million times. */
export function hold(holds: boolean, what: string): void {
  if (!holds) expect.fail(what)
}
