// Must show 2 over the fediverse, by mouse and by keyboard alone: the person is on another server than the hospital.
import { answerOn } from '../support/answering.mjs'
import { FediPerson, plain } from '../support/fediverse.mjs'
import { Hands } from '../support/hands.mjs'
import { eventually, marker, server } from '../support/real.mjs'
import { connectMastodon, setUp } from '../support/steps.mjs'
import { test } from '../support/test.mjs'

for (const way of ['mouse', 'keyboard']) {
  test(`a post about the hospital is answered over the fediverse, by ${way}`, async ({ start, another, findings }) => {
    const base = server(test, 'AUSCULT_REAL_FEDIVERSE')
    const name = `${marker()} clinic`
    const app = await start()
    const page = await another(app)
    const hands = new Hands(page, way)
    await setUp(hands, { name })
    await connectMastodon(hands)

    const bob = await FediPerson.signIn(process.env.AUSCULT_REAL_FEDIVERSE_B, 'bob')
    const hospital = await FediPerson.signIn(base, 'hospital')
    const network = {
      async write(text) {
        const post = await bob.write(text)
        await eventually('notified on the hospital\'s server', 40, async () => (await hospital.call('/api/v1/notifications'))
          .some((one) => one.status && plain(one.status.content).includes(name)), 100)
        return post
      },
      answers: (post) => bob.answers(post.id),
    }
    await answerOn(network, { app, page, another, findings, way, within: 5,
      text: `@hospital@a.fediverse.test four hours at ${name} with my mother and nobody told us why. Who can we talk to?` })
  })
}
