// One journey on any network: somebody writes about the hospital; it is in the inbox
// within five seconds of being findable; "we enjoyed treating you" is blocked with rule
// and rewrite; the corrected answer is approved by a second member, sent, visible in
// the network's own thread, and the conversation shows it delivered.
import { expectAccessible } from './axe.mjs'
import { Hands } from './hands.mjs'
import { eventually } from './real.mjs'
import { accept, approve, askApproval, composer, expectDelivered, findings, invite, open, openConversation, row, sendButton,
  takeDown, wordingButton } from './steps.mjs'
import { expect } from './test.mjs'

const BLOCKED = 'Thank you! We enjoyed treating you.'

/**
 * Walks it. `network` brings `write(text)` (gives the post once it can be found) and
 * `answers(post)`; `within` is the seconds from findable to the inbox.
 */
export async function answerOn(network, { app, page, another, findings: seenErrors, way, text, within }) {
  const hands = new Hands(page, way)

  // A colleague who may approve.
  const second = { name: 'Orla Byrne', email: 'orla@hospital.example', role: 'approver' }
  const link = await invite(hands, second)
  const orlasPage = await another(app)
  const orla = new Hands(orlasPage, way)
  await accept(orla, link, second)

  // Live: the page was open before anybody wrote.
  await open(page, '/inbox')
  await expectAccessible(page, 'inbox')
  const post = await network.write(text)
  const findable = Date.now()
  await expect(row(page, text)).toBeVisible({ timeout: within * 1000 })
  const heard = (Date.now() - findable) / 1000
  console.log(`in the inbox ${heard.toFixed(1)} s after it could be found`)

  await openConversation(hands, text)
  if (hands.keyboard) await hands.key('r')
  await hands.typeSlowly(composer(page), BLOCKED)
  await expect(findings(page)).toContainText(/G0\d/)
  await expect(sendButton(page)).toHaveAttribute('aria-disabled', 'true')
  await expectAccessible(page, 'a blocked draft')
  // The server holds the same line as the page: the deliberate send is refused.
  await page.keyboard.press('Control+Enter')
  expect(await network.answers(post)).toEqual([])

  await hands.press(wordingButton(page))
  await expect(findings(page)).not.toContainText(/G01/)
  const answer = await composer(page).inputValue()
  expect(answer).not.toContain('enjoyed treating')
  await askApproval(hands)
  await expect(page.locator('main')).toContainText(/approval/i)

  await open(orlasPage, '/approvals')
  await expectAccessible(orlasPage, 'approvals')
  await approve(orla, answer.slice(0, 40))

  await page.goto(page.url())
  if (await sendButton(page).isVisible()) await hands.press(sendButton(page))
  await expectDelivered(page, answer.slice(0, 40))
  await expectAccessible(page, 'an answered conversation')

  const seen = await eventually('the answer in the network\'s own thread', 60, async () => {
    const found = await network.answers(post)
    return found.length ? found : undefined
  })
  expect(seen.filter((one) => one.text.includes(answer.slice(0, 40)))).toHaveLength(1)
  if (network.takesDown) {
    await takeDown(hands, 'It named the ward.')
    await eventually('the answer gone from the network', 30, async () => (await network.answers(post)).length === 0)
    await expectAccessible(page, 'an answer taken down')
  }
  // The browser reports the refused send above as a failed load; anything else is an error.
  const refused = seenErrors.findIndex((one) => /\/send: .*\b422\b/.test(one))
  if (refused >= 0) seenErrors.splice(refused, 1)
  return { post, answer }
}
