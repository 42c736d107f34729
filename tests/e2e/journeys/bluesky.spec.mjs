// Must show 2 on the real AT Protocol network: by mouse, and by keyboard alone.
import { answerOn } from '../support/answering.mjs'
import { AtPerson } from '../support/atproto.mjs'
import { Hands } from '../support/hands.mjs'
import { eventually, marker, server } from '../support/real.mjs'
import { connectBluesky, setUp } from '../support/steps.mjs'
import { test } from '../support/test.mjs'

for (const way of ['mouse', 'keyboard']) {
  test(`a post about the hospital is answered on the AT network, by ${way}`, async ({ start, another, findings }) => {
    server(test, 'AUSCULT_REAL_ATPROTO')
    const name = `${marker()} clinic`
    const app = await start()
    const page = await another(app)
    const hands = new Hands(page, way)
    await setUp(hands, { name })
    await connectBluesky(hands)

    const alice = await AtPerson.signIn('alice.test')
    const network = {
      async write(text) {
        const post = await alice.write(text)
        await eventually('found by the network\'s search', 20, async () => (await alice.search(name)).some((one) => one.uri === post.uri), 50)
        return post
      },
      answers: (post) => alice.answers(post.uri),
      takesDown: true,
    }
    await answerOn(network, { app, page, another, findings, way, within: 5, text: `Four hours at ${name} with my mother and nobody told us why. Who can we talk to?` })
  })
}
