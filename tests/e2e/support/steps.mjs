// What people do, step by step, in one place: addresses, forms and fields of the
// pages. A page that changes its form changes this file, not the journeys.
import { expect } from '@playwright/test'
import { account } from './atproto.mjs'
import { FediPerson } from './fediverse.mjs'
import { eventually } from './real.mjs'

export const PASSWORD = 'a long enough password 1'
export const ADMINISTRATOR = { name: 'Maeve Tierney', email: 'maeve@hospital.example', password: PASSWORD }

/** The form that goes to `action`, in whichever workspace. */
export const form = (page, action) => page.locator(`form[action$="${action}"]`)

/** The path of the workspace that a page is in: empty, or `/w/name`. */
export const base = (page) => /^\/w\/[^/]+/.exec(new URL(page.url()).pathname)?.[0] ?? ''

/** Opens a page of the workspace. */
export const open = (page, path) => page.goto(base(page) + path)
const field = (scope, name) => scope.locator(`[name="${name}"]:not([type=hidden])`).first()
const submit = (scope) => scope.locator('button:not([type=button])').last()

/** Through the second door: the first administrator and the three steps. `sources` are `{kind, address}`. */
export async function setUp(hands, organisation, sources = [], administrator = ADMINISTRATOR) {
  const { page } = hands
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await hands.press(page.locator('a[href$="/administrator"]'))

  const first = form(page, '/welcome/administrator')
  await hands.fill(field(first, 'name'), administrator.name)
  await hands.fill(field(first, 'email'), administrator.email)
  await hands.fill(field(first, 'password'), administrator.password)
  await hands.press(submit(first))

  const who = form(page, '/welcome/who')
  await expect(who).toBeVisible()
  await hands.fill(field(who, 'name'), organisation.name)
  await hands.choose(field(who, 'region'), organisation.region ?? 'eu')
  await hands.fill(field(who, 'country'), organisation.country ?? 'IE')
  await hands.fill(field(who, 'zone'), organisation.zone ?? 'Europe/Dublin')
  await hands.fill(field(who, 'other_names'), (organisation.otherNames ?? []).join('\n'))
  await hands.fill(field(who, 'places'), (organisation.places ?? []).join('\n'))
  await hands.fill(field(who, 'clinicians'), (organisation.clinicians ?? []).join('\n'))
  await hands.press(submit(who))

  await expect(form(page, '/welcome/where')).toBeVisible()
  for (const source of sources) await addSource(hands, source)
  await hands.press(submit(form(page, '/welcome/done')))
  await expect(page.locator('#heard')).toBeVisible()
}

/** In the second step: tests a source, sees its first items, adds it. */
async function addSource(hands, { kind, address, shows }) {
  const { page } = hands
  const where = form(page, '/welcome/where')
  await hands.choose(field(where, 'kind'), kind)
  await hands.fill(field(where, 'address'), address)
  await hands.press(where.locator('button[formaction$="/welcome/where/test"]'))
  if (shows) await expect(page.locator('#test-result')).toContainText(shows, { timeout: 20_000 })
  await hands.press(submit(where))
  await expect(form(page, '/welcome/where/remove').first()).toBeVisible()
}

/** Signs in; ends on the page that was asked for. */
export async function signIn(hands, { email, password }, at = '/today') {
  const { page } = hands
  await page.goto(at)
  const door = form(page, '/sign-in')
  await hands.fill(field(door, 'email'), email)
  await hands.fill(field(door, 'password'), password)
  await hands.press(submit(door))
  await page.waitForURL((url) => url.pathname.endsWith(at))
}

/** Connects an account, so that answers can be sent. */
async function connect(hands, { network, server, handle, secret }) {
  const { page } = hands
  await open(page, '/settings/channels')
  const door = form(page, '/settings/channels')
  await hands.choose(field(door, 'network'), network)
  await hands.fill(field(door, 'server'), server)
  await hands.fill(field(door, 'handle'), handle)
  await hands.fill(field(door, 'secret'), secret)
  await hands.press(submit(door))
  await expect(page.getByRole('region', { name: 'Connected' })).toContainText(handle, { timeout: 30_000 })
}

/** Connects the hospital's account on the AT network. */
export function connectBluesky(hands, handle = 'hospital.test') {
  return connect(hands, { network: 'bluesky', server: process.env.AUSCULT_REAL_ATPROTO, handle, secret: account(handle).appPassword })
}

/** Connects the hospital's account on a fediverse server, with a token made there. */
export async function connectMastodon(hands, handle = 'hospital') {
  const server = process.env.AUSCULT_REAL_FEDIVERSE
  const { token } = await FediPerson.signIn(server, handle)
  await connect(hands, { network: 'mastodon', server, handle, secret: token })
}

/** Invites a colleague and gives the link of the invitation, which is shown once. */
export async function invite(hands, { email, role }) {
  const { page } = hands
  await open(page, '/settings/team')
  const door = form(page, '/settings/team/invite')
  await hands.fill(field(door, 'email'), email)
  await hands.choose(field(door, 'role'), role)
  await hands.press(submit(door))
  return eventually('the link of the invitation', 10, async () =>
    /\/join\/[A-Za-z0-9_-]{16,}/.exec(await page.locator('main').innerHTML())?.[0])
}

/** Accepts an invitation in a browser of one's own. */
export async function accept(hands, link, { name }) {
  const { page } = hands
  await page.goto(link)
  const door = page.locator('main form:has([name="password"])')
  await hands.fill(field(door, 'name'), name)
  await hands.fill(field(door, 'password'), PASSWORD)
  await hands.press(submit(door))
  await page.waitForURL((url) => !url.pathname.includes('/join/'))
}

/** The address of an open conversation. */
export const CONVERSATION = /\/inbox\/(?:c\/)?\d+$/

/** The inbox's row whose words hold `text`; the page is live, so nothing is loaded again. */
export const row = (page, text) => page.locator('#conv-box li').filter({ hasText: text }).first()

/** Opens the conversation whose words hold `text`. */
export async function openConversation(hands, text) {
  const { page } = hands
  await hands.press(row(page, text).locator('a').first())
  await page.waitForURL(CONVERSATION)
  await expect(composer(page)).toBeVisible()
}

/** The composer of the open conversation, what the guard says beside it, and its buttons. */
export const composer = (page) => page.locator('form.composer textarea[name="text"]').first()
export const findings = (page) => page.locator('form.composer [data-guard-said]').first()
export const sendButton = (page) => page.locator('form.composer [data-send]').first()
export const wordingButton = (page) => page.locator('form.composer .rewrite [data-use-wording]').first()

/** Asks the first colleague who may for a second pair of eyes on the draft. */
export async function askApproval(hands) {
  const { page } = hands
  const approver = page.locator('form.composer button[name="approver"]').first()
  if (!(await approver.isVisible())) await hands.press(page.locator('form.composer details:has(button[name="approver"]) summary').first())
  await hands.press(approver)
}

/** Approves the draft that holds `text`, as it stands. */
export async function approve(hands, text) {
  const { page } = hands
  await open(page, '/approvals')
  const all = page.locator('form[action*="/approvals/"][action$="/approve"]')
  const asked = await eventually('the draft among the approvals', 15, async () => {
    for (const one of await all.all()) {
      if ((await one.locator('textarea[name="text"]').inputValue()).includes(text)) return one
    }
    return undefined
  })
  const waiting = await all.count()
  await hands.press(asked.locator('button:not([formaction]):not([type=button])').first())
  await expect(all).toHaveCount(waiting - 1)
}

/** Waits until the open conversation says that `text` was delivered. */
export async function expectDelivered(page, text, seconds = 60) {
  const ours = page.locator('article.msg.us').filter({ hasText: text }).last()
  await expect(ours).toContainText(/delivered|sent/i, { timeout: seconds * 1000 })
}

/** Takes the answer of the open conversation down, and waits until the conversation says that the network has done so. */
export async function takeDown(hands, why) {
  const { page } = hands
  const menu = page.locator('article.msg.us details:has(form[action*="/take-down/"])').last()
  await hands.press(menu.locator('summary'))
  await hands.fill(field(menu, 'reason'), why)
  await hands.press(submit(menu))
  await expect(page.locator('main')).toContainText('took an answer down; the network no longer shows it', { timeout: 15_000 })
}

/** Where a CSV is imported, and what came of it. */
export async function importCsv(hands, file) {
  const { page } = hands
  await open(page, '/listen/imports')
  const door = page.locator('main form:has(input[type=file])')
  await door.locator('input[type=file]').setInputFiles(file)
  await hands.press(submit(door))
  return page.locator('main')
}

/** How many posts the archive holds for these words, as its page counts them. */
export async function found(page, query) {
  const answer = await page.request.get(`/api/v1/posts?${new URLSearchParams({ q: query, limit: '200' })}`)
  expect(answer.status(), await answer.text()).toBe(200)
  const { items } = await answer.json()
  return items
}

/** Waits until the archive holds exactly `count` posts for these words, and stays there. */
export async function expectFound(page, query, count, seconds = 30) {
  await eventually(`${count} posts for ${query}`, seconds, async () => (await found(page, query)).length === count)
}

/** Adds a webhook as a source; gives its address and the secret that is shown once. */
export async function addWebhook(hands, name) {
  const { page } = hands
  await open(page, '/settings/channels')
  const door = form(page, '/settings/channels/webhook')
  await hands.fill(field(door, 'name'), name)
  await hands.press(submit(door))
  const main = page.locator('main')
  await expect(main).toContainText('whsec_')
  const html = await main.innerHTML()
  return { url: /(?:https?:\/\/[^\s"<]+)?\/hooks\/in\/[A-Za-z0-9_-]+/.exec(html)[0], secret: /whsec_[A-Za-z0-9+/=]+/.exec(html)[0] }
}

/** Writes a piece for the connected channels and schedules it at a wall time of the workspace. */
export async function planPiece(hands, { title, text, at }) {
  const { page } = hands
  await open(page, '/plan')
  await hands.press(page.locator('main a[href*="/plan/new"]').first())
  const piece = page.locator('form#piece')
  await hands.fill(field(piece, 'title'), title)
  const words = piece.locator('textarea[name^="text_"]')
  if (!(await words.count())) await hands.press(piece.locator('button[name="adding"]'))
  for (const one of await words.all()) await hands.fill(one, text)
  await hands.fill(field(piece, 'at'), at)
  await hands.press(page.locator('button[formaction$="/schedule"]'))
  await page.waitForURL(/\/plan(\/\d+)?/)
}

/** Makes an API token and gives it; it is shown once. */
export async function apiToken(hands, scopes) {
  const { page } = hands
  await open(page, '/settings/tokens')
  const door = form(page, '/settings/tokens')
  await hands.fill(field(door, 'name'), 'Journey')
  for (const scope of scopes) await hands.check(door.locator(`input[name="scope"][value="${scope}"]`))
  await hands.press(submit(door))
  const shown = page.locator('main code, main input[readonly], main output').first()
  await expect(shown).toBeVisible()
  return ((await shown.textContent()) || (await shown.inputValue())).trim()
}

/** Sets the seconds in which a send can be taken back. */
export async function setUndoHold(hands, seconds) {
  const { page } = hands
  await open(page, '/settings/hours')
  const promises = form(page, '/settings/hours')
  await hands.fill(field(promises, 'undo'), String(seconds))
  await hands.press(submit(promises))
}
