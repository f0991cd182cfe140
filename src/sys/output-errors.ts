/**
 * Lets a process go on when what it prints cannot be written, e.g. because the disk of its log is full. Without a listener
 * such an error would end it.
 */
export function ignoreOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}
