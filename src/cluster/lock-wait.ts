/** A second command waits for the first at most this long: longer than the slowest healthy `up`. */
export const lockWaitMs = 180_000
