/** The id that Linux distributions give to `nobody`. */
const nobody = 65_534

/** Runs `work` without root's right to pass every permission; as any other user it just runs. */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await work()
  process.seteuid?.(nobody)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}
