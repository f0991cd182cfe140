import type { Clock } from '../../kit/clock.js'

/** What each client passes before each write: a pause for thought, and a gate that can be closed for all of them. */
export class ClientGate {
  #closed: Promise<void> | null = null
  #open: () => void = () => undefined

  constructor(
    private readonly clock: Clock,
    private readonly thinkMs: number,
  ) {}

  async pass(): Promise<void> {
    if (this.thinkMs > 0) await this.clock.sleep(this.thinkMs)
    await this.#closed
  }

  close(): void {
    this.#closed ??= new Promise((resolve) => {
      this.#open = resolve
    })
  }

  open(): void {
    this.#open()
    this.#closed = null
  }
}
