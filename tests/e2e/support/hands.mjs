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

  /** Types a time, field by field, as the browser's own control in Irish English takes it: day, month, year; hour, minute. */
  async #typeTime(locator, text) {
    const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text)
    await this.page.keyboard.type(`${day}${month}${year}`)
    await this.page.keyboard.press('ArrowRight')
    await this.page.keyboard.type(`${hour}${minute}`)
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
