// Pictures of a page at three widths in light and dark, and what must hold at each.
import fs from 'node:fs'
import path from 'node:path'
import { expect } from '@playwright/test'
import { RESULTS } from './app.mjs'

export const WIDTHS = [390, 1024, 1440]

/** Saves six pictures as results/shots/NAME-WIDTH-SCHEME.png; nothing may be wider than the window. */
export async function shoot(page, name) {
  const folder = path.join(RESULTS, 'shots')
  fs.mkdirSync(folder, { recursive: true })
  const before = page.viewportSize()
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`) })
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect.soft(wide, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(0)
  }
  await page.setViewportSize(before)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}
