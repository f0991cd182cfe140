import type { Interfaces } from '@oclif/core'
import { CommandHelp, Help } from '@oclif/core'

const widthMax = 100

/** Help with the examples first: most people came for one of them. */
export class CorelabHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst

  constructor(config: Interfaces.Config, options: Partial<Interfaces.HelpOptions> = {}) {
    super(config, { ...options, hideCommandSummaryInDescription: true })
    this.opts.maxWidth = Math.min(this.opts.maxWidth, widthMax)
  }
}

class ExamplesFirst extends CommandHelp {
  protected override sections() {
    const sections = super.sections()
    const rank = (header: string) => (header === 'EXAMPLES' ? 0 : 1)
    return sections.sort((a, b) => rank(a.header) - rank(b.header))
  }

  /** The flags are listed right below; among them the arguments would be lost. */
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).filter((arg) => !arg.hidden)
    const words = args.map((arg) => {
      const name = arg.name.toUpperCase()
      return arg.required ? name : `[${name}]`
    })
    return ['<%= command.id %>', ...words, '[FLAGS]'].join(' ')
  }

  /** Every flag has its variable by one rule, which the root help tells once; here it would only be noise. */
  protected override flags(flags: Parameters<CommandHelp['flags']>[0]) {
    return super.flags(
      flags.map((flag) => {
        const { env: _, ...rest } = flag
        return rest as typeof flag
      }),
    )
  }
}
