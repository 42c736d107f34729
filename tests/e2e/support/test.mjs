// The `test` of every journey: a page whose errors fail the test, an application of
// its own where asked, and people's browsers apart from each other.
import { test as base, expect } from '@playwright/test'
import { App } from './app.mjs'

export { expect }

/** Watches a page: script errors, refused resources and failing answers of our own are findings. */
export function watch(page, findings) {
  page.on('pageerror', (error) => findings.push(`script error on ${page.url()}: ${error}`))
  page.on('console', (message) => {
    if (message.type() === 'error') findings.push(`console on ${page.url()}: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) findings.push(`${response.status()} ${response.request().method()} ${response.url()}`)
  })
}

export const test = base.extend({
  /** Findings of every page of this test; a test that provokes an error empties it. */
  findings: async ({}, use) => {
    const findings = []
    await use(findings)
    expect(findings, 'errors in the browser').toEqual([])
  },

  page: async ({ page, findings }, use) => {
    watch(page, findings)
    await use(page)
  },

  /** `start(options)` runs an application that ends with the test; its log is attached when the test failed. */
  start: async ({}, use, info) => {
    const apps = []
    await use(async (options) => {
      const app = await App.start({ name: `${info.titlePath.slice(1).join(' ')} ${apps.length}`.replace(/[^a-z0-9]+/gi, '-'), ...options })
      apps.push(app)
      return app
    })
    for (const app of apps) {
      await app.remove()
      if (info.status !== info.expectedStatus) await info.attach(`${app.name}.log`, { body: app.tail(400), contentType: 'text/plain' })
    }
  },

  /** `another(app)` opens the browser of a second person. */
  another: async ({ browser, findings }, use) => {
    const contexts = []
    await use(async (app, options = {}) => {
      const context = await browser.newContext({ baseURL: app.url, ...options })
      contexts.push(context)
      const page = await context.newPage()
      watch(page, findings)
      return page
    })
    for (const context of contexts) await context.close()
  },
})
