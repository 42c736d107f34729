// First run: two doors, the first administrator, three steps, and within a minute
// the presence audit shows what people already say, before any account is connected.
import { execFileSync } from 'node:child_process'
import { expectAccessible } from '../support/axe.mjs'
import { Hands } from '../support/hands.mjs'
import { marker, server } from '../support/real.mjs'
import { ADMINISTRATOR, form, open, setUp, signIn } from '../support/steps.mjs'
import { expect, test } from '../support/test.mjs'

for (const way of ['mouse', 'keyboard']) {
  test(`set up by ${way}: from an empty directory to what people say`, async ({ page, start, another }) => {
    const feeds = server(test, 'AUSCULT_REAL_FEEDS')
    const name = `Saint ${marker()} Hospital`
    for (let i = 1; i <= 3; i += 1) {
      execFileSync(process.env.AUSCULT_REAL_FEEDS_PUBLISH, [`Day ${i} at ${name}`, `Waited long at ${name}, and the nurses were kind. Visit ${i}.`])
    }
    const app = await start()
    await page.goto(app.url)
    await expectAccessible(page, 'the two doors')

    const browser = await another(app)
    const hands = new Hands(browser, way)
    await setUp(hands, { name, places: [`${name} Fairview`] }, [
      { kind: 'feed', address: `${feeds}/feeds/all.rss.xml`, shows: name },
    ])
    await expectAccessible(browser, 'done')

    // Within a minute of data, without a connected account.
    await open(browser, '/presence')
    await expect(browser.locator('main')).toContainText(new RegExp(name, 'i'), { timeout: 60_000 })
    await expectAccessible(browser, 'presence')

    // The same in the terminal, from the web itself.
    const said = await app.command(['presence', name, '--feed', `${feeds}/feeds/all.rss.xml`, '--json'])
    expect(said.code, said.err).toBe(0)
    expect(JSON.parse(said.out).posts).toBe(3)

    // The door of the first administrator is closed behind them.
    const stranger = await another(app)
    const answer = await stranger.request.get('/welcome/administrator')
    expect([200, 403, 404]).toContain(answer.status())
    expect(await answer.text()).not.toContain('name="password" type="password" autocomplete="new-password"')
    await signIn(new Hands(stranger, way), ADMINISTRATOR)
    await expect(stranger.getByRole('heading', { level: 1 })).toBeVisible()
  })
}

test('look around: the filled example has no empty page', async ({ start, another }) => {
  const app = await start()
  const page = await another(app)
  await page.goto('/')
  await form(page, '/welcome/example').locator('button').click()
  await expect(page.getByRole('progressbar')).toBeVisible()
  await page.waitForURL(/\/today/, { timeout: 120_000 })
  await open(page, '/inbox')
  await expect(page.locator('#conv-box li a').first()).toBeVisible()
})
