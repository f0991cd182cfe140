// `node start-and-wait.mjs <runtime> <spec as JSON>`: starts a component, prints its record as JSON, and stays until it
// is killed, like a keeper. It uses the compiled sources, which `npm test` brings up to date first.
import { systemClock } from '../../dist/kit/clock.js'
import { NativeRuntime } from '../../dist/runtime/native/native-runtime.js'

const [name = '', spec = ''] = process.argv.slice(2)
const context = { clock: systemClock, emit: () => undefined, signal: new AbortController().signal }
const component = await runtimeNamed(name).start(JSON.parse(spec), context)
process.stdout.write(`${JSON.stringify(component.record)}\n`)
setInterval(() => undefined, 1000)

/** @param {string} wanted */
function runtimeNamed(wanted) {
  if (wanted === 'native') return new NativeRuntime()
  throw new Error(`no runtime ${wanted}`)
}
