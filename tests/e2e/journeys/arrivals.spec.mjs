// Must show 3: a feed, WordPress comments, a 10,000-row CSV and a signed webhook arrive
// in the archive once each, also when sent twice; bad rows are named, good ones kept.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { Hands } from '../support/hands.mjs'
import { eventually, marker, server } from '../support/real.mjs'
import { addWebhook, expectFound, found, importCsv, setUp } from '../support/steps.mjs'
import { expect, test } from '../support/test.mjs'
import { WebhookSender, items } from '../support/webhook.mjs'

const HEADER = 'id,date,author,text,url,rating\n'

/** Invented rows, with what makes CSV hard: quotes, commas, line breaks, other scripts. */
function csv(word, count) {
  let text = HEADER
  for (let i = 0; i < count; i += 1) {
    const words = [`"The ward at ${word}, ""Saint B"", was calm. ${i}"`, `"${word}: dwie godziny czekania,\nale mili ludzie ${i}"`,
      `"Three hours at ${word} ${i}"`][i % 3]
    text += `${word}-${i},2026-11-${String((i % 24) + 1).padStart(2, '0')}T09:00:00Z,visitor ${i % 211},${words},https://reviews.example/${word}/${i},${(i % 5) + 1}\n`
  }
  return text
}

for (const way of ['mouse', 'keyboard']) {
  test(`each thing arrives once, also when it is sent twice, by ${way}`, async ({ start, another }, info) => {
    // Ten thousand rows are read, judged and stored by a build made for tests; the second way needs the pages, not the rows.
    const rows = way === 'mouse' ? 10_000 : 500
    test.setTimeout(420_000)
    const feeds = server(test, 'AUSCULT_REAL_FEEDS')
    const wordpress = server(test, 'AUSCULT_REAL_WORDPRESS')
    const word = marker()
    const comment = marker()
    execFileSync(process.env.AUSCULT_REAL_FEEDS_PUBLISH, [`${word} in the feed`, `A calm morning at ${word} hospital.`])
    const post = await (await fetch(`${wordpress}/wp-json/wp/v2/posts?per_page=1`)).json()
    const posted = await fetch(`${wordpress}/wp-comments-post.php`, {
      method: 'POST', redirect: 'manual',
      body: new URLSearchParams({ comment_post_ID: post[0].id, author: `Nora ${comment}`, email: `${comment}@people.example`,
        comment: `They were kind at ${comment} hospital.` }),
    })
    expect([200, 302]).toContain(posted.status)

    const app = await start()
    const page = await another(app)
    const hands = new Hands(page, way)
    await setUp(hands, { name: `${word} hospital`, otherNames: [`${comment} hospital`] }, [
      { kind: 'feed', address: `${feeds}/feeds/all.rss.xml` },
      { kind: 'feed', address: `${feeds}/feeds/all.atom.xml` },
      { kind: 'feed', address: `${wordpress}/comments/feed/` },
    ])
    // The feed is looked at every two seconds; unchanged it brings nothing new, and the Atom
    // feed of the same blog brings the same entry by the same id.
    await expectFound(page, `"a calm morning at ${word}"`, 1)
    await expectFound(page, `"kind at ${comment}"`, 1)

    // The webhook: two deliveries of the same message, then the same items in a new one.
    const hook = await addWebhook(hands, 'Visitors\' form')
    const sender = new WebhookSender(new URL(hook.url, app.url).href, hook.secret)
    const batch = items(`form-${word}`, 0, 20, `The form at ${word}hook was easy.`)
    const first = await sender.send(batch, { id: `msg_${word}` })
    expect(first.status).toBe(202)
    expect(first.body.accepted).toBe(20)
    expect((await sender.send(batch, { id: `msg_${word}` })).status).toBe(202)
    const again = await sender.send(batch)
    expect(again.body.duplicates).toBe(20)
    expect((await sender.send(batch, { tamper: (body) => body.replace('easy', 'hard') })).status).toBe(401)
    expect((await sender.send(batch, { at: Math.floor(Date.now() / 1000) - 3600 })).status).toBe(401)
    const mixed = await sender.send([...items(`form-${word}`, 20, 1, `The form at ${word}hook was easy.`), { id: 'no-text' }])
    expect(mixed.body.accepted).toBe(1)
    expect(mixed.body.rejected).toHaveLength(1)
    await eventually('21 from the webhook', 30, async () => (await found(page, `${word}hook`)).length === 21)

    // The CSV, by command and by page.
    const file = info.outputPath('reviews.csv')
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, csv(`${word}csv`, rows))
    const workspace = await workspaceOf(app)
    const args = ['import', 'csv', file, '--workspace', workspace]
    const dry = await app.command([...args, '--dry-run'])
    expect(dry.code, dry.err).toBe(0)
    expect(await count(app, workspace, `${word}csv`)).toBe(0)
    const once = await app.command(args)
    expect(once.code, once.err).toBe(0)
    expect(await count(app, workspace, `${word}csv`)).toBe(rows)
    const twice = await app.command(args)
    expect(twice.code, twice.err).toBe(0)
    expect((twice.out + twice.err).replaceAll(',', '')).toMatch(new RegExp(`\\b${rows} known|known\\D{0,4}${rows}`))
    expect(await count(app, workspace, `${word}csv`)).toBe(rows)

    const bad = info.outputPath('bad.csv')
    fs.writeFileSync(bad, [HEADER.trimEnd(),
      `${word}bad-1,2026-11-01T09:00:00Z,visitor,"Kept ${word}bad",https://reviews.example/b/1,5`,
      `${word}bad-2,the day before,visitor,"Refused ${word}bad",https://reviews.example/b/2,5`,
      `${word}bad-3,2026-11-01T09:00:00Z,visitor,,,`, ''].join('\n'))
    const shown = await importCsv(hands, bad)
    await expect(shown).toContainText('1 new, 0 known, 2 refused')
    await expect(shown).toContainText('line 3')
    await eventually('the good row', 10, async () => (await found(page, `${word}bad`)).length === 1)
  })
}

/** The name of the only workspace. */
async function workspaceOf(app) {
  const shown = await app.command(['doctor'])
  return /workspace[^a-z0-9]+([a-z0-9][a-z0-9-]*)/i.exec(shown.out + shown.err)?.[1] ?? '1'
}

/** Rows of the archive that hold `word`, from the command line's export. */
async function count(app, workspace, word) {
  const exported = await app.command(['export', 'posts', '--workspace', workspace, '--format', 'jsonl'])
  expect(exported.code, exported.err).toBe(0)
  const rows = exported.out.split('\n').filter(Boolean).map((line) => JSON.parse(line)).filter((one) => one.text.includes(word))
  expect(new Set(rows.map((one) => one.id)).size).toBe(rows.length)
  return rows.length
}
