// The built program, for benchmarks.

export const distUrl = new URL('../../dist/', import.meta.url)

/** A module of it, e.g. `dist('kit/clock.js')`. */
export const dist = (path) => import(new URL(path, distUrl).href)
