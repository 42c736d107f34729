// Moving through a page with the keyboard alone.
import { expect } from '@playwright/test'

/** Presses Tab (or Shift+Tab) until `locator` has the focus. */
export async function tabTo(page, locator, { back = false, most = 120 } = {}) {
  await expect(locator).toBeVisible()
  for (let i = 0; i < most; i += 1) {
    if (await locator.evaluate((node) => node === document.activeElement)) return
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
  }
  throw new Error(`not reached with ${most} presses of Tab: ${locator}`)
}

/** Tabs to a control and presses it. */
export async function press(page, locator, key = 'Enter') {
  await tabTo(page, locator)
  await expectFocusSeen(page)
  await page.keyboard.press(key)
}

/** Tabs to a field and types into it, replacing what it holds. */
export async function type(page, locator, text) {
  await tabTo(page, locator)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

/** The focused thing must look focused: an outline or a shadow of its own. */
export async function expectFocusSeen(page) {
  const seen = await page.evaluate(() => {
    const node = document.activeElement
    if (!node || node === document.body) return false
    const look = getComputedStyle(node)
    const around = getComputedStyle(node.parentElement)
    return (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none' ||
      (around.outlineStyle !== 'none' && parseFloat(around.outlineWidth) > 0)
  })
  expect(seen, 'the focus can be seen').toBe(true)
}

/** Throws the mouse away: any click from here on fails the test. */
export async function withoutMouse(page) {
  await page.addInitScript(() => {
    globalThis.addEventListener('pointerdown', () => { globalThis.mouseWasUsed = true }, true)
  })
  return async () => expect(await page.evaluate(() => globalThis.mouseWasUsed ?? false), 'no mouse').toBe(false)
}
