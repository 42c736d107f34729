// Must show 4: kill -9 while hearing and while sending, on both stores. Nothing that was
// acknowledged is lost, nothing is stored or posted twice. AUSCULT_KILLS (5 unless set;
// `make kill` says 50) is the number of kills of each kind on each store.
import { Api } from '../support/api.mjs'
import { AtPerson, account } from '../support/atproto.mjs'
import { Hands } from '../support/hands.mjs'
import { AGREED, Ledger } from '../support/ledger.mjs'
import { emptyDatabase } from '../support/postgres.mjs'
import { eventually, marker, server } from '../support/real.mjs'
import { addWebhook, apiToken, connectBluesky, setUndoHold, setUp } from '../support/steps.mjs'
import { expect, test } from '../support/test.mjs'
import { WebhookSender, items } from '../support/webhook.mjs'

const KILLS = Number(process.env.AUSCULT_KILLS ?? 5)
/** Seconds in which a send can be taken back: the least the settings allow. */
const HOLD = 10
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)))
const between = (least, most) => least + Math.random() * (most - least)

/** The store of a run: nothing for SQLite, an empty database for PostgreSQL. */
function store(kind) {
  if (kind === 'sqlite') return { options: {}, drop: () => {} }
  server(test, 'AUSCULT_TEST_POSTGRES')
  const database = emptyDatabase()
  return { options: { databaseUrl: database.url }, drop: database.drop }
}

for (const kind of ['sqlite', 'postgres']) {
  test(`${KILLS} kills while hearing, ${kind}`, async ({ start, another }) => {
    const { options, drop } = store(kind)
    try {
      const app = await start(options)
      const word = marker()
      const hands = new Hands(await another(app))
      await setUp(hands, { name: `${word} hospital` })
      const hook = await addWebhook(hands, 'Load')
      await hands.page.close()
      const sender = new WebhookSender(new URL(hook.url, app.url).href, hook.secret)
      const ledger = new Ledger(`hearing-${kind}`)

      // Deliveries that got no answer are sent again after the restart, with the same id.
      const open = []
      let next = 0
      const fresh = () => {
        const batch = items(word, next, 20, `A calm night at ${word} hospital.`)
        next += 20
        // One in twenty is a repetition within the batch: the sender's own mistake.
        return { id: `msg_${word}_${next}`, batch: [...batch, batch[0]], keys: batch.map((one) => one.id) }
      }
      const deliver = async (delivery) => {
        ledger.offer(delivery.keys)
        try {
          const { status } = await sender.send(delivery.batch, { id: delivery.id })
          if (status === 202) return ledger.acknowledge(delivery.keys)
        } catch {
          // The process died under it: acknowledged or not, we do not know.
        }
        open.push(delivery)
        return undefined
      }

      for (let number = 1; number <= KILLS; number += 1) {
        let running = true
        const sending = Array.from({ length: 4 }, async () => {
          while (running) await deliver(open.pop() ?? fresh())
        })
        const after = between(30, 900)
        await pause(after)
        await app.kill()
        running = false
        ledger.kill(number, after)
        await Promise.all(sending)
        await app.run()
      }
      while (open.length) await deliver(open.pop())
      expect(ledger.acknowledged.size).toBe(ledger.offered.size)

      // Raw events are understood after they were acknowledged: wait, then compare in any case.
      let heard = await archived(app, word)
      for (let i = 0; i < 60 && new Set(heard).size < ledger.acknowledged.size; i += 1) {
        await pause(1000)
        heard = await archived(app, word)
      }
      expect(ledger.disagreements(heard)).toEqual(AGREED)
      console.log(`${kind}: ${KILLS} kills, ${ledger.acknowledged.size} acknowledged, none lost, none doubled`)
    } finally {
      drop()
    }
  })

  test(`${KILLS} kills while sending, ${kind}`, async ({ start, another }) => {
    server(test, 'AUSCULT_REAL_ATPROTO')
    const { options, drop } = store(kind)
    try {
      const app = await start(options)
      const word = marker()
      const name = `${word} hospital`
      const hands = new Hands(await another(app))
      await setUp(hands, { name })
      await connectBluesky(hands)
      await setUndoHold(hands, HOLD)
      const api = new Api(app, await apiToken(hands, ['read', 'write']))
      await hands.page.close()

      const alice = await AtPerson.signIn('alice.test')
      for (let i = 0; i < KILLS; i += 1) await alice.write(`Kind people at ${name}, visit ${i}.`)
      const conversations = await eventually('all posts in the inbox', 60, async () => {
        const found = await api.conversations(word)
        return found.length >= KILLS ? found : undefined
      }, 500)

      const ledger = new Ledger(`sending-${kind}`)
      const due = []
      // Writes on while the process dies and comes back: the same key again is the same answer.
      const writing = (async () => {
        for (let number = 1; number <= KILLS; number += 1) {
          const text = `Thank you for the kind words. ${word} ${number}`
          ledger.offer([text])
          const status = await eventually(`answer ${number} is taken`, 120, () =>
            api.answer(conversations[number - 1].number, text, `key-${word}-${number}`).then((said) => said.status, () => undefined), 100)
          expect(status, `answer ${number}`).toBeLessThan(300)
          ledger.acknowledge([text])
          due.push(Date.now() + HOLD * 1000)
          await pause(between(1_500, 3_000))
        }
      })()
      // Each kill waits for an answer whose time to go out has come: most meet the call to the network, some the
      // moment before it, and between them they meet requests and holds of the answers that follow.
      const killing = (async () => {
        for (let number = 1; number <= KILLS; number += 1) {
          const at = await eventually(`answer ${number} goes out`, 180, () => due[number - 1], 20)
          await pause(Math.max(0, at - Date.now()) + between(-200, 900))
          await app.kill()
          ledger.kill(number, Date.now() - at)
          await app.run()
        }
      })()
      await Promise.all([writing, killing])

      const hospital = account('hospital.test').did
      const posted = async () => (await alice.repository(hospital))
        .map((record) => record.value.text.match(new RegExp(`Thank you for the kind words\\. ${word} \\d+`))?.[0])
        .filter(Boolean)
      for (let i = 0; i < 180 && new Set(await posted()).size < KILLS; i += 1) await pause(1000)
      // Longer than lease, reading back and the pause between two reads.
      await pause(15_000)
      expect(ledger.disagreements(await posted())).toEqual(AGREED)
      console.log(`${kind}: ${KILLS} kills, ${ledger.acknowledged.size} answers acknowledged, each on the PDS once`)
    } finally {
      drop()
    }
  })
}

/** Outer ids of what the archive holds of this run, from the command line's export. */
async function archived(app, word) {
  const exported = await app.command(['export', 'posts', '--workspace', '1', '--format', 'jsonl'])
  if (exported.code !== 0) throw new Error(exported.err)
  return exported.out.split('\n').filter(Boolean).map((line) => JSON.parse(line))
    .filter((post) => post.text.includes(word) && post.id.startsWith(`${word}-`)).map((post) => post.id)
}
