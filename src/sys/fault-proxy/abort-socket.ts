import type { Socket } from 'node:net'

/** Ends a socket so that its peer sees a reset, not an orderly end. A unix socket knows no reset: it is closed. */
export function abortSocket(socket: Socket): void {
  // Asked of a unix socket, of one without a connection, or of one that has said goodbye, a reset is an error.
  const resettable = !socket.connecting && socket.remoteAddress !== undefined && !socket.writableEnded
  // `resetAndDestroy()` says goodbye first (FIN, then RST), which a peer may take for an orderly end. This is its
  // second half.
  if (resettable) Object.assign(socket, { resetAndClosing: true })
  socket.destroy()
}
