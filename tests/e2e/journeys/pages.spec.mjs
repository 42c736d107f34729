// Must show 7: axe-core finds nothing on any page, in light and in dark; nothing scrolls
// sideways from 390 to 1440 pixels; no link is dead; every page works by keyboard.
import { violations } from '../support/axe.mjs'
import { expectFocusSeen } from '../support/keys.mjs'
import { shoot } from '../support/shots.mjs'
import { expect, test } from '../support/test.mjs'
import { App } from '../support/app.mjs'
import { CONVERSATION, base, composer, form } from '../support/steps.mjs'

/** Every page a member meets. A new page is added here. */
const PAGES = ['/today', '/inbox', '/inbox?view=unassigned', '/approvals', '/safety', '/listen', '/listen/lists', '/listen/imports', '/listen/watches/new',
  '/presence', '/search', '/plan', '/measure', '/people', '/settings', '/settings/me', '/settings/organisation', '/settings/hours',
  '/settings/team', '/settings/channels', '/settings/policy', '/settings/privacy', '/settings/tokens', '/settings/health',
  '/settings/audit']
/** Pages of one thing: reached by the first link of this form on another page. */
const THINGS = [
  ['conversation', '/inbox', '#conv-box li a'],
  ['watch', '/listen', 'main a[href*="/listen/watches/"]'],
  ['piece', '/plan', 'main a.piece'],
  ['person', '/people', 'main a[href*="/people/"]'],
]

let app
let cookies
let root = ''
const dead = new Map()

test.beforeAll(async ({ browser }) => {
  app = await App.start({ command: 'demo', name: 'pages-demo', ready: 180 })
  const context = await browser.newContext({ baseURL: app.url })
  const page = await context.newPage()
  await page.goto('/')
  // The demo says its sign-in on standard error; its first page may also let people in.
  const look = form(page, '/welcome/example').locator('button')
  if (await look.count()) {
    await look.first().click()
  } else if (await form(page, '/sign-in').count()) {
    const [, email, password] = /sign in as (\S+) with the password: (.+)/.exec(app.log()) ?? []
    await page.locator('[name=email]').fill(email)
    await page.locator('[name=password]').fill(password)
    await form(page, '/sign-in').locator('button').first().click()
  }
  await page.waitForURL(/\/today/)
  root = app.url + base(page)
  cookies = await context.cookies()
  await context.close()
})
test.afterAll(async () => app?.remove())

/** All that holds of one page. */
async function examine(page, name) {
  await expect(page.locator('h1')).toHaveCount(1)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect.soft(await violations(page), `${name} in ${colorScheme}`).toEqual([])
  }
  await shoot(page, name)
  // The first Tab reaches the way past the shell, and it can be seen.
  await page.evaluate(() => document.activeElement?.blur())
  await page.keyboard.press('Tab')
  await expectFocusSeen(page)
  await expect(page.locator(':focus')).toHaveAttribute('href', /^#/)
  // Each link of our own leads somewhere.
  const links = await page.locator('a[href^="/"]').evaluateAll((all) => [...new Set(all.map((one) => one.getAttribute('href').split('#')[0]))])
  for (const link of links) {
    if (dead.has(link)) continue
    const answer = await page.request.get(new URL(link, app.url).href, { maxRedirects: 5 })
    dead.set(link, answer.status())
    expect.soft(answer.status(), `${link}, linked from ${name}`).toBeLessThan(400)
  }
}

for (const at of PAGES) {
  test(`page ${at}`, async ({ page, context }) => {
    await context.addCookies(cookies)
    const answer = await page.goto(root + at)
    expect(answer.status()).toBe(200)
    await examine(page, at.slice(1).replaceAll(/[^a-z]+/g, '-'))
  })
}

for (const [name, from, link] of THINGS) {
  test(`page of a ${name}`, async ({ page, context }) => {
    await context.addCookies(cookies)
    await page.goto(root + from)
    await page.goto(new URL(await page.locator(link).first().getAttribute('href'), app.url).href)
    await examine(page, name)
  })
}

test('pages outside: sign in, not found, refused', async ({ page, findings }) => {
  await page.goto(`${app.url}/sign-in`)
  expect.soft(await violations(page), 'sign in').toEqual([])
  await shoot(page, 'sign-in')
  const missing = await page.goto(`${app.url}/there-is-no-such-page`)
  expect([302, 303, 404, 200]).toContain(missing.status())
  expect.soft(await violations(page), 'not found').toEqual([])
  // The missing page is meant to be missing.
  findings.length = 0
  // A foreign page may not change anything.
  const foreign = await page.request.post(`${app.url}/sign-in`, {
    headers: { origin: 'https://elsewhere.example' }, form: { email: 'a@b.example', password: 'x' } })
  expect(foreign.status()).toBe(403)
})

test('without scripts, reading and answering work', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  await context.addCookies(cookies)
  const page = await context.newPage()
  await page.goto(`${root}/inbox`)
  await page.locator('#conv-box li a').first().click()
  await expect(page).toHaveURL(CONVERSATION)
  await expect(composer(page)).toBeVisible()
  await context.close()
})

test('the keyboard map: j, k, Enter, ?, Escape, g then a letter', async ({ page, context }) => {
  await context.addCookies(cookies)
  await page.goto(`${root}/inbox`)
  const focused = () => page.evaluate(() => document.activeElement?.closest('li, article, tr')?.textContent ?? '')
  await page.keyboard.press('j')
  const first = await focused()
  expect(first).not.toBe('')
  await page.keyboard.press('j')
  expect(await focused()).not.toBe(first)
  await page.keyboard.press('k')
  expect(await focused()).toBe(first)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(CONVERSATION)
  await page.keyboard.press('?')
  await expect(page.locator('dialog[open]')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.locator('dialog[open]')).toHaveCount(0)
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(page).toHaveURL(/\/today/)
})
