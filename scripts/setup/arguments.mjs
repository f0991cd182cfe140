/** @param {readonly string[]} args */
export function asksForHelp(args) {
  return args.includes('--help') || args.includes('-h')
}

/**
 * Whether every question is answered with yes: by `--yes`, or by the environment variable of that flag.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function saysYes(args, env = process.env) {
  const variable = env.CORELAB_FLAG_YES ?? ''
  return args.includes('--yes') || args.includes('-y') || /^(1|true|yes)$/i.test(variable)
}
