// axe-core on a page as it stands, in light and in dark.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from '@playwright/test'

const source = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Violations of the page now, each as one readable line per place. */
export async function violations(page) {
  // Evaluated by the browser's debugger, so the page's own content policy stays in force.
  await page.evaluate(source)
  const found = await page.evaluate((tags) => globalThis.axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }), RULES)
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id} (${one.impact}): ${node.target.join(' ')}: ${node.failureSummary?.split('\n').slice(1).join(' ').trim() ?? one.help}`))
}

/** Expects no violation, first in light, then in dark. */
export async function expectAccessible(page, what) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    expect.soft(await violations(page), `${what} in ${scheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}
