/** A server's settings with the user's own at the end: in all three servers' files the later line wins. */
export function withUserConfig(ours: string, userConfig: string): string {
  const hasSettings = userConfig.split('\n').some((line) => !/^\s*([#;]|$)/.test(line))
  if (!hasSettings) return ours
  return `${ours.trimEnd()}\n\n# From the project's own config folder.\n${userConfig.trim()}\n`
}
