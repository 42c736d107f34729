// How somebody works a page: with the mouse, or with the keyboard alone. A journey
// is written once and walked both ways.
import { expect } from '@playwright/test'
import * as keys from './keys.mjs'

export class Hands {
  /** `way` is 'mouse' or 'keyboard'. */
  constructor(page, way = 'mouse') {
    this.page = page
    this.way = way
  }

  get keyboard() {
    return this.way === 'keyboard'
  }

  async press(locator) {
    if (!this.keyboard) return locator.click()
    return keys.press(this.page, locator)
  }

  async fill(locator, text) {
    if (!this.keyboard) return locator.fill(text)
    await keys.tabTo(this.page, locator)
    if (await locator.getAttribute('type') === 'datetime-local') return this.#typeTime(locator, text)
    await this.page.keyboard.press('Control+A')
    // Each line as typed; Enter in a field of one line would send the form.
    await this.page.keyboard.insertText(text)
    await expect(locator).toHaveValue(text)
  }

  /** Types a time, field by field, in the browser's own control: month first with twelve hours, or day first with 24. */
  async #typeTime(locator, text) {
    const { keyboard } = this.page
    const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)
    const twelve = String(Number(hour) % 12 || 12).padStart(2, '0')
    const layouts = [[`${month}${day}${year}`, `${twelve}${minute}${Number(hour) < 12 ? 'a' : 'p'}`], [`${day}${month}${year}`, `${hour}${minute}`]]
    for (const [date, time] of layouts) {
      await keyboard.type(date)
      await keyboard.press('ArrowRight')
      await keyboard.type(time)
      if (await locator.inputValue() === text) return
      while (await locator.evaluate((node) => node === document.activeElement)) await keyboard.press('Shift+Tab')
      await keyboard.press('Tab')
    }
    await expect(locator).toHaveValue(text)
  }

  /** Types letter by letter, so that what happens while typing happens. */
  async typeSlowly(locator, text) {
    if (this.keyboard) await keys.tabTo(this.page, locator)
    else await locator.click()
    await this.page.keyboard.press('Control+A')
    await this.page.keyboard.type(text, { delay: 5 })
  }

  /** Chooses the option with this value. */
  async choose(select, value) {
    if (!this.keyboard) return select.selectOption(value)
    await keys.tabTo(this.page, select)
    const labels = await select.locator('option').evaluateAll((all) => all.map((one) => ({ value: one.value, label: one.label })))
    const wanted = labels.find((one) => one.value === value)
    if (!wanted) throw new Error(`no option ${value} among ${labels.map((one) => one.value).join(', ')}`)
    await this.page.keyboard.type(wanted.label, { delay: 5 })
    await expect(select).toHaveValue(value)
  }

  async check(box) {
    if (await box.isChecked()) return
    if (!this.keyboard) return box.check()
    await keys.tabTo(this.page, box)
    await this.page.keyboard.press('Space')
    await expect(box).toBeChecked()
  }

  /** A key of the keyboard map; both ways use it where a journey is about it. */
  async key(name) {
    await this.page.keyboard.press(name)
  }
}
