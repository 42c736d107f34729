// Where the real servers are, as tests/real/up wrote it into the environment.
import fs from 'node:fs'

/** The value of an environment variable; a test without its server is skipped, and fails in CI. */
export function server(test, variable) {
  const value = process.env[variable]
  if (value) return value
  if (process.env.CI === 'true') throw new Error(`${variable} is not set: tests/real/up did not start this server`)
  test.skip(true, `${variable} is not set; run tests/real/up`)
  return undefined
}

/** `host:port` of every real server, for the named allow-list of the egress guard. */
export function egressAllow() {
  const names = ['AUSCULT_REAL_ATPROTO', 'AUSCULT_REAL_FEDIVERSE', 'AUSCULT_REAL_FEDIVERSE_B', 'AUSCULT_REAL_WORDPRESS',
    'AUSCULT_REAL_FEEDS']
  const allowed = new Set()
  for (const name of names) {
    if (!process.env[name]) continue
    const url = new URL(process.env[name])
    allowed.add(`${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`)
  }
  const state = process.env.AUSCULT_REAL_ATPROTO_STATE
  if (state && fs.existsSync(state)) {
    const { plc, appview } = JSON.parse(fs.readFileSync(state, 'utf8'))
    for (const address of [plc, appview]) if (address) allowed.add(new URL(address).host)
  }
  return [...allowed].join(',')
}

/** Calls `look` again and again until it gives something, at most `seconds`. */
export async function eventually(what, seconds, look, pause = 200) {
  const end = Date.now() + seconds * 1000
  let last
  for (;;) {
    try {
      const found = await look()
      if (found) return found
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${last ? ` (${last.message})` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

/** A word nobody else has written, so that a shared network does not mix two runs. */
export function marker() {
  const letters = 'bcdfghklmnprstvz'
  let word = ''
  for (let i = 0; i < 8; i += 1) word += (i % 2 ? 'aeiou'[Math.floor(Math.random() * 5)] : letters[Math.floor(Math.random() * letters.length)])
  return word
}
