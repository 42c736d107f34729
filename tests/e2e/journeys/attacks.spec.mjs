// Attacks through public doors: hostile words, addresses of the inside, foreign pages,
// the closed door of the first run, secrets in logs. Names follow the list of attacks.
import fs from 'node:fs'
import { Hands } from '../support/hands.mjs'
import { hostileServer, rss } from '../support/hostile.mjs'
import { eventually, marker } from '../support/real.mjs'
import { ADMINISTRATOR, form, found, open, row, setUp } from '../support/steps.mjs'
import { expect, test } from '../support/test.mjs'

const text = (type, body, status = 200, headers = {}) => (_, response) => {
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(body)
}

test('attack_a01_script_in_content: words of strangers stay words', async ({ start, another, findings }) => {
  const name = `${marker()} hospital`
  const words = [
    `<script>globalThis.attacked = 1</script> at ${name}`,
    `<img src=x onerror="globalThis.attacked = 1"> at ${name}`,
    `"><svg onload="globalThis.attacked = 1"> at ${name}`,
    `<a href="javascript:globalThis.attacked=1">kind people</a> at ${name}`,
    `{{ 7 * 7 }} \${7*7} {% debug %} at ${name}`,
  ]
  const hostile = await hostileServer({
    '/feed.xml': text('application/rss+xml', rss(words.map((one, i) => ({ id: `a01-${name}-${i}`, title: one, text: one })))),
  })
  try {
    const app = await start({ allow: [hostile.address] })
    const page = await another(app)
    const elsewhere = []
    page.on('request', (request) => { if (!request.url().startsWith(app.url) && !request.url().startsWith('data:')) elsewhere.push(request.url()) })
    const hands = new Hands(page)
    await setUp(hands, { name }, [{ kind: 'feed', address: `${hostile.url}/feed.xml` }])
    let heard = []
    await eventually('five posts', 30, async () => (heard = await found(page, `"${name}"`)).length === words.length).catch((error) => {
      throw new Error(`${error.message}; heard: ${JSON.stringify(heard.map((one) => one.text ?? one.title))}`)
    })
    for (const at of ['/inbox', '/today', '/presence', '/listen', `/search?q=${encodeURIComponent(`"${name}"`)}`]) {
      await open(page, at)
      expect(await page.evaluate(() => globalThis.attacked), at).toBeUndefined()
      expect(await page.locator('a[href^="javascript:"]').count(), at).toBe(0)
    }
    await open(page, '/inbox')
    if (await row(page, name).count()) {
      await row(page, name).locator('a').first().click()
      expect(await page.evaluate(() => globalThis.attacked)).toBeUndefined()
    }
    expect(elsewhere).toEqual([])
    expect(findings).toEqual([])
  } finally {
    await hostile.close()
  }
})

/** Words that only a server of the inside says. */
const PLANTED = 'planted behind the wall'

test('attack_a05_a06_ssrf: no address of the inside is called, whatever it is written as', async ({ start, another, findings }) => {
  const inside = await hostileServer({ '/secret': text('application/rss+xml', rss([{ id: 's', title: PLANTED, text: PLANTED }])) })
  const port = inside.address.split(':')[1]
  const hostile = await hostileServer({
    '/to-inside': text('text/plain', '', 302, { location: `${inside.url}/secret` }),
    '/to-metadata': text('text/plain', '', 302, { location: 'http://169.254.169.254/latest/meta-data/' }),
    '/to-file': text('text/plain', '', 302, { location: 'file:///etc/passwd' }),
    '/round': text('text/plain', '', 302, { location: '/round' }),
  })
  try {
    const app = await start({ allow: [hostile.address] })
    const page = await another(app)
    const hands = new Hands(page)
    await setUp(hands, { name: `${marker()} hospital` })
    await open(page, '/welcome/where')
    const addresses = [
      `${inside.url}/secret`, `http://localhost:${port}/secret`, `http://2130706433:${port}/secret`, `http://0x7f.1:${port}/secret`,
      `http://0177.0.0.1:${port}/secret`, `http://[::1]:${port}/secret`, `http://[::ffff:127.0.0.1]:${port}/secret`,
      `http://0.0.0.0:${port}/secret`, 'http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://192.168.1.1/feed',
      'http://100.64.0.1/', 'http://[fe80::1]/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'feed.xml',
      `${hostile.url}/to-inside`, `${hostile.url}/to-metadata`, `${hostile.url}/to-file`, `${hostile.url}/round`,
    ]
    for (const address of addresses) {
      const answer = await page.request.post('/welcome/where/test', {
        headers: { origin: app.url }, form: { kind: 'feed', address }, maxRedirects: 0 })
      expect(answer.status(), `${address}: ${answer.status()}`).toBeLessThan(500)
      const said = await answer.text()
      expect(said, address).not.toContain(PLANTED)
      expect(said, `${address} gets a reason`).toMatch(/notice|error/)
    }
    expect(inside.calls.get('/secret') ?? 0).toBe(0)
    findings.length = 0
  } finally {
    await inside.close()
    await hostile.close()
  }
})

test('hostile feeds: broken, huge, deep, wrongly encoded; each has its reason, and the honest one is heard', async ({ start, another, findings }) => {
  const name = `${marker()} hospital`
  const hostile = await hostileServer({
    '/broken': text('application/rss+xml', '<rss><channel><item><title>half'),
    '/html': text('text/html', '<!doctype html><title>No feed here</title>'),
    '/deep': text('application/rss+xml', '<a>'.repeat(50_000)),
    '/bomb': text('application/rss+xml', '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&c;</rss>'),
    '/latin': text('application/rss+xml; charset=utf-8', Buffer.from(rss([{ id: 'l', title: `Caf\u00e9 at ${name}`, text: 'x' }]), 'latin1')),
    '/endless': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/rss+xml' })
      const block = Buffer.alloc(1 << 20, 'x')
      const more = () => { while (!response.destroyed && response.write(block)); }
      response.on('drain', more)
      more()
    },
    '/error': text('text/plain', 'no', 503),
    '/honest': text('application/rss+xml', rss([{ id: `h-${name}`, title: `A kind nurse at ${name}`, text: `A kind nurse at ${name}` }])),
  })
  try {
    const app = await start({ allow: [hostile.address] })
    const page = await another(app)
    await setUp(new Hands(page), { name }, [{ kind: 'feed', address: `${hostile.url}/honest` }])
    for (const path of ['broken', 'html', 'deep', 'bomb', 'endless', 'error', 'latin']) {
      const answer = await page.request.post('/welcome/where/test', {
        headers: { origin: app.url }, form: { kind: 'feed', address: `${hostile.url}/${path}` }, timeout: 60_000 })
      expect(answer.status(), path).toBeLessThan(500)
      expect(await answer.text(), `${path} gets a reason`).toMatch(/notice|error/)
    }
    expect(app.memory()).toBeLessThan(1024)
    await eventually('the honest feed', 30, async () => (await found(page, `"${name}"`)).length >= 1)
    findings.length = 0
  } finally {
    await hostile.close()
  }
})

test('attack_a19_a23: the first door is closed, and a foreign page changes nothing', async ({ start, another }) => {
  const app = await start()
  const page = await another(app)
  await setUp(new Hands(page), { name: `${marker()} hospital` })
  const stranger = await (await another(app)).context().request
  for (const [path, fields] of [
    ['/welcome/administrator', { name: 'Eve', email: 'eve@elsewhere.example', password: 'another long password 2' }],
    ['/welcome/example', {}],
  ]) {
    const answer = await stranger.post(path, { headers: { origin: app.url }, form: fields, maxRedirects: 0 })
    expect(answer.status(), path).toBeGreaterThanOrEqual(303)
    expect(answer.headers()['set-cookie'] ?? '', path).not.toMatch(/session/i)
  }
  for (const path of ['/sign-in', '/sign-out', '/welcome/who', '/welcome/where', '/welcome/done']) {
    for (const origin of ['https://elsewhere.example', 'null']) {
      const answer = await page.request.post(path, { headers: { origin }, form: { email: ADMINISTRATOR.email, password: ADMINISTRATOR.password }, maxRedirects: 0 })
      expect(answer.status(), `${path} from ${origin}`).toBe(403)
    }
  }
  const cors = await page.request.get('/today', { headers: { origin: 'https://elsewhere.example' } })
  expect(cors.headers()['access-control-allow-origin']).toBeUndefined()
  const headers = cors.headers()
  expect(headers['content-security-policy']).toMatch(/default-src|script-src/)
  expect(headers['content-security-policy']).not.toMatch(/unsafe-inline|unsafe-eval/)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['referrer-policy']).toBe('no-referrer')
})

test('attack_a20_secrets_in_logs: passwords and what people wrote are in no log', async ({ start, another, findings }) => {
  const secret = `planted secret ${marker()} 7`
  const name = `${marker()} hospital`
  const app = await start()
  const page = await another(app)
  await setUp(new Hands(page), { name }, [], { name: 'Maeve', email: 'maeve@hospital.example', password: secret })
  const door = await another(app)
  await door.goto('/sign-in')
  await form(door, '/sign-in').locator('[name=email]').fill('maeve@hospital.example')
  await form(door, '/sign-in').locator('[name=password]').fill(`${secret} wrong`)
  await door.keyboard.press('Enter')
  await expect(door.getByRole('alert')).toBeVisible()
  // The wrong password was meant to be refused.
  findings.length = 0
  expect(app.log()).not.toContain(secret)
  for (const file of fs.readdirSync(app.dataDir)) {
    const at = `${app.dataDir}/${file}`
    if (fs.statSync(at).isFile()) expect(fs.readFileSync(at).includes(secret), file).toBe(false)
  }
})
