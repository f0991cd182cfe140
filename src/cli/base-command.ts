import { inspect } from 'node:util'
import type { Interfaces } from '@oclif/core'
import { Command } from '@oclif/core'
import type { Clock } from '../kit/clock.js'
import { systemClock } from '../kit/clock.js'
import type { Context } from '../kit/context.js'
import type { CorelabError } from '../kit/errors.js'
import { cancelled, corelabError, toCorelabError } from '../kit/errors.js'
import type { Emit } from '../kit/events.js'
import { silent } from '../kit/events.js'
import { exitCodes } from '../kit/exit-codes.js'
import { formatDuration } from '../kit/units.js'
import { openEventStream } from '../ui/event-stream.js'
import type { Renderer } from '../ui/renderer.js'
import type { Answer } from './answer.js'
import { withBugReport } from './bug-report.js'
import { chooseRenderer } from './choose-renderer.js'
import { earlyFlags, terminalOfProcess } from './early-flags.js'
import type { EnvelopeMeta, WarningShape } from './envelope.js'
import { answerEnvelope } from './envelope.js'
import { globalFlags } from './flags.js'
import { jsonText, reportError } from './report-error.js'
import type { StopWish } from './stop-wish.js'
import { exitCodeOf, listenForStop } from './stop-wish.js'
import type { Terminal } from './terminal.js'
import { usageErrorOf } from './usage-error.js'

export type GlobalFlags = Interfaces.InferredFlags<typeof globalFlags>

/** What a command gets: its parsed line, the world, and how it talks to the user. */
export interface Input<T extends typeof Command> {
  readonly flags: GlobalFlags & Interfaces.InferredFlags<T['flags']>
  readonly args: Interfaces.InferredArgs<T['args']>
  /** Everything that is not a flag, in order; also what follows `--`. */
  readonly words: readonly string[]
  readonly context: Context
  readonly terminal: Terminal
  readonly stop: StopWish
}

/**
 * The duties that every command shares: flags, signals, progress, the answer on stdout, and errors that are
 * rendered once, with the right exit status, for people and for machines alike. A command itself only says
 * how to get its {@link Answer}.
 */
export abstract class BaseCommand<T extends typeof Command> extends Command {
  static override enableJsonFlag = true
  static override baseFlags = globalFlags

  /** Commands that hand `--timeout` on to what they call get a better message than "timed out". */
  static handlesTimeout = false

  readonly #clock: Clock = systemClock
  readonly #startedMs = this.#clock.monotonicMs()
  readonly #warnings: WarningShape[] = []
  #terminal: Terminal = terminalOfProcess(earlyFlags(this.argv))
  #renderer: Renderer | null = null
  #emit: Emit = silent
  /** Whether there was any progress: then a stop takes its time. */
  #isWorking = false
  #stop: StopWish | null = null
  #env: string | null = null
  #debug = this.argv.includes('--debug')

  /** Whoever read our answer has seen enough: there is nobody left to work for. */
  readonly #onStdoutError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') this.#stop?.stop('pipe-closed')
  }

  protected abstract answer(input: Input<T>): Promise<Answer>

  override async run(): Promise<Answer | undefined> {
    const { flags, args, argv } = await this.parse({
      flags: this.ctor.flags ?? {},
      args: this.ctor.args,
      baseFlags: this.ctor.baseFlags ?? {},
      enableJsonFlag: this.ctor.enableJsonFlag,
      strict: this.ctor.strict,
    })
    const parsed = flags as GlobalFlags & Interfaces.InferredFlags<T['flags']>
    this.#env = parsed.env ?? null
    this.#debug = parsed.debug
    this.#terminal = terminalOfProcess(parsed)
    this.#emit = this.#openEvents(parsed)
    const stop = this.#listen(parsed.timeout)

    const answer = await this.answer({
      flags: parsed,
      args: args as Interfaces.InferredArgs<T['args']>,
      words: argv.map(String),
      context: { clock: this.#clock, emit: this.#emit, signal: stop.signal },
      terminal: this.#terminal,
      stop,
    })
    await this.#renderer?.stop()
    this.#env = answer.env ?? this.#env
    process.exitCode = this.#exitOf(answer)
    if (!this.jsonEnabled()) this.#print(answer.lines(this.#terminal.stdout))
    return answer
  }

  /** Never leaves the error to oclif: it would print its whole configuration and forget the exit status. */
  override async catch(thrown: Error): Promise<void> {
    await this.#renderer?.stop()
    const reason = this.#stop?.reason() ?? null
    if (reason === 'pipe-closed') return
    const error = await this.#errorOf(thrown)
    process.exitCode = reason === null ? error.entry.exit : exitCodeOf(reason)
    reportError(error.shape, {
      json: this.jsonEnabled(),
      terminal: this.#terminal,
      warnings: this.#warnings,
      meta: this.#meta(),
    })
    if (this.#debug) process.stderr.write(`\n${inspect(thrown, { depth: 4 })}\n`)
  }

  override async finally(): Promise<void> {
    await this.#renderer?.stop()
    this.#stop?.dispose()
    process.stdout.off('error', this.#onStdoutError)
  }

  override toSuccessJson(answer: unknown): unknown {
    return answerEnvelope((answer as Answer).data, this.#warnings, this.#meta())
  }

  override logJson(json: unknown): void {
    this.#print([jsonText(json, this.#terminal)])
  }

  override jsonEnabled(): boolean {
    return super.jsonEnabled() || earlyFlags(this.argv).json
  }

  #listen(timeoutMs: number | undefined): StopWish {
    const stop = listenForStop({
      source: process,
      announce: (message) => this.#announce(message),
      exitNow: (code) => process.exit(code),
    })
    this.#stop = stop
    process.stdout.on('error', this.#onStdoutError)
    const handled = (this.ctor as typeof BaseCommand).handlesTimeout
    if (timeoutMs !== undefined && !handled) setTimeout(() => stop.stop('timed-out'), timeoutMs).unref()
    return stop
  }

  #openEvents(flags: GlobalFlags): Emit {
    const renderer = chooseRenderer(this.#terminal, {
      clock: this.#clock,
      streams: process,
      verbose: flags.verbose,
    })
    this.#renderer = renderer
    return openEventStream(this.#clock, [
      (event) => renderer.show(event),
      (event) => {
        this.#isWorking = true
        if (event.kind === 'warning') this.#warnings.push({ code: event.code, message: event.message })
      },
    ])
  }

  /** Between a signal and its effect there must be a word, whatever the renderer; but what just waits just ends. */
  #announce(message: string): void {
    if (!this.#isWorking) return
    if (this.#terminal.renderer === 'quiet') process.stderr.write(`${message}\n`)
    else this.#emit({ kind: 'note', message })
  }

  #exitOf(answer: Answer): number {
    const reason = this.#stop?.reason() ?? null
    return reason === null ? (answer.exit ?? exitCodes.ok) : exitCodeOf(reason)
  }

  async #errorOf(thrown: unknown): Promise<CorelabError> {
    const reason = this.#stop?.reason() ?? null
    if (reason === 'timed-out') return this.#timedOut(thrown)
    if (reason !== null) return cancelled('Stopped, as you asked')
    const usage = usageErrorOf(thrown, {
      command: this.#commandName(),
      argv: this.argv,
      flagNames: Object.keys({ ...this.ctor.baseFlags, ...this.ctor.flags }),
    })
    const error = usage ?? toCorelabError(thrown)
    if (error.code !== 'BUG') return error
    return withBugReport(error, {
      command: [this.#commandName(), ...this.argv].join(' '),
      clock: this.#clock,
      env: process.env,
    })
  }

  #timedOut(cause: unknown): CorelabError {
    const took = formatDuration(this.#clock.monotonicMs() - this.#startedMs)
    return corelabError('TIMED_OUT', {
      message: `corelab ${this.#commandName()} was stopped by --timeout after ${took}`,
      fix: [`corelab ${this.#commandName()} --timeout <longer>`],
      cause,
    })
  }

  #meta(): EnvelopeMeta {
    return {
      command: this.#commandName(),
      env: this.#env,
      durationMs: Math.round(this.#clock.monotonicMs() - this.#startedMs),
      exit: Number(process.exitCode ?? 0),
    }
  }

  #commandName(): string {
    return (this.id ?? '').replaceAll(':', ' ')
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  }
}
