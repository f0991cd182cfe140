/** What a server said in an error packet. `errno` is found by `mysqlErrno`. */
export class ServerError extends Error {
  override readonly name = 'ServerError'

  constructor(
    readonly errno: number,
    message: string,
  ) {
    super(message)
  }
}

/** From the payload of an error packet (0xff first). */
export function readServerError(bytes: Buffer, from: number, to: number): ServerError {
  const errno = bytes.readUInt16LE(from + 1)
  // Before the login there is no SQL state.
  const text = bytes[from + 3] === 0x23 ? from + 9 : from + 3
  return new ServerError(errno, bytes.toString('utf8', text, to))
}
