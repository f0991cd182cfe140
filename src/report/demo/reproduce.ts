import { formatBytes, formatCount, formatDuration } from '../../kit/units.js'
import type { DemoResult } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'

/** Everything that is needed to run the same tour again and to compare it. */
export function renderReproduce(result: DemoResult): Html {
  const { host } = result
  const rows: readonly (readonly [string, string])[] = [
    ['Started', `${result.startedAt}, took ${formatDuration(result.durationMs)}`],
    ['Population', `${formatCount(result.users)} customers asked for, seed ${result.seed}`],
    ['Environment', `${result.env}, profile ${result.profile}`],
    ['Versions', `corelab ${result.corelab}, Node ${host.node}`],
    ['Servers', `MariaDB ${host.mariadb}, Redis ${host.redis}, RabbitMQ ${host.rabbitmq}`],
    [
      'Host',
      `${host.cpuModel}, ${host.cores} cores, ${formatBytes(host.memoryBytes)} memory, Linux ${host.kernel}`,
    ],
  ]
  return html`<section id="reproduce">
<h2>Run it again</h2>
<pre><code>${result.command}</code></pre>
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="aside">Clients and servers share this host, so every number here is a number of this host only.</p>
</section>`
}
