import { expect, test } from 'vitest'
import { escapeHtml, html } from '../../../src/report/html.js'

test('a hole is text, whatever is put into it', () => {
  const hostile = `<script>alert("1")</script>&'`

  expect(html`<p>${hostile}</p>`.text).toBe(
    '<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>',
  )
})

test('markup inside markup is kept, lists are joined and null is nothing', () => {
  const rows = ['a', '<b>'].map((name) => html`<li>${name}</li>`)

  expect(html`<ul>${rows}${null}${0}</ul>`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li>0</ul>')
})

test('an attribute cannot be closed from inside', () => {
  expect(escapeHtml('" onload="x')).not.toContain('"')
})
