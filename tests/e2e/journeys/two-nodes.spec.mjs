// Must show 5: two processes on one PostgreSQL share the work. One scheduled post goes
// out once, and both show live updates.
import { AtPerson, account } from '../support/atproto.mjs'
import { Hands } from '../support/hands.mjs'
import { emptyDatabase } from '../support/postgres.mjs'
import { eventually, marker, server } from '../support/real.mjs'
import { ADMINISTRATOR, connectBluesky, open, planPiece, row, setUp, signIn } from '../support/steps.mjs'
import { expect, test } from '../support/test.mjs'

for (const way of ['mouse', 'keyboard']) {
  test(`two processes, one store, by ${way}: sent once, live on both`, async ({ start, another }) => {
    server(test, 'AUSCULT_TEST_POSTGRES')
    server(test, 'AUSCULT_REAL_ATPROTO')
    const database = emptyDatabase()
    try {
      const name = `${marker()} clinic`
      const one = await start({ databaseUrl: database.url })
      const hands = new Hands(await another(one), way)
      await setUp(hands, { name, zone: 'UTC' })
      await connectBluesky(hands)

      // The second process brings the same key and nothing else.
      const two = await start({ databaseUrl: database.url, dataDir: one.dataDir })
      const otherHands = new Hands(await another(two), way)
      await signIn(otherHands, ADMINISTRATOR, '/inbox')
      await open(hands.page, '/inbox')

      const alice = await AtPerson.signIn('alice.test')
      const text = `Nobody answers the telephone of ${name}. How do I move an appointment?`
      await alice.write(text)
      await expect(row(hands.page, text)).toBeVisible({ timeout: 20_000 })
      await expect(row(otherHands.page, text)).toBeVisible({ timeout: 20_000 })

      const words = `Flu jabs at ${name} from Monday.`
      const due = new Date(Date.now() + 90_000)
      await planPiece(hands, { title: 'Flu jabs', text: words, at: due.toISOString().slice(0, 16) })

      const hospital = account('hospital.test').did
      const sent = async () => (await alice.repository(hospital)).filter((record) => record.value.text.includes(words))
      await eventually('the scheduled post', 180, async () => (await sent()).length > 0, 1000)
      // Longer than lease and reading back: a second sending would have shown by now.
      await new Promise((resolve) => setTimeout(resolve, 12_000))
      expect(await sent()).toHaveLength(1)
    } finally {
      database.drop()
    }
  })
}
