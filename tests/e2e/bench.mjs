// The part of `make bench` that looks at the binary from outside: size, start time,
// idle memory, and pages at the size of the demo. Prints one line a figure.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { App, binary } from './support/app.mjs'

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const line = (name, value, aim) => console.log(`${name.padEnd(34)} ${String(value).padStart(10)}   ${aim}`)

line('binary size, MB', (fs.statSync(binary()).size / 1e6).toFixed(1), '')
const starts = []
let app
for (let i = 0; i < 5; i += 1) {
  if (app) await app.stop()
  if (app) await app.run()
  else app = await App.start({ name: 'bench' })
  starts.push(app.startMilliseconds)
}
line('start to ready, ms (median of 5)', median(starts).toFixed(0), 'aim under 1000')
await new Promise((resolve) => setTimeout(resolve, 5000))
line('idle memory, MB', app.memory().toFixed(0), 'aim under 100')

const times = []
for (let i = 0; i < 200; i += 1) {
  const before = performance.now()
  await (await fetch(`${app.url}/sign-in`)).text()
  times.push(performance.now() - before)
}
times.sort((a, b) => a - b)
line('page of sign-in, ms p50', times[100].toFixed(2), '')
line('page of sign-in, ms p99', times[197].toFixed(2), '')
await app.remove()

// The whole way of a post: read, matched, judged, stored durably with search.
const POSTS = 20_000
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'auscult-bench-'))
const file = path.join(folder, 'posts.jsonl')
const words = ['The nurses on the ward were kind and nobody hurried us.', 'Three hours in the waiting room and no word from anybody.',
  'How do I change an appointment at the clinic?', 'The car park machine took my card twice, please send it back.']
fs.writeFileSync(file, Array.from({ length: POSTS }, (_, i) => JSON.stringify({ id: `p-${i}`, source: 'bench', kind: 'review',
  text: `${words[i % words.length]} Visit ${i} to Harbour Hospital.`, created_at: new Date(Date.UTC(2026, 9, 1) + i * 60_000).toISOString(),
  author: { id: `a-${i % 997}`, display_name: 'Visitor' } })).join('\n'))
const house = await App.start({ name: 'bench-pipeline', command: 'demo', dataDir: path.join(folder, 'house'), ready: 180 })
await house.stop()
const before = performance.now()
const taken = await house.command(['import', 'posts', file, '--workspace', '1'])
if (taken.code !== 0) throw new Error(taken.err)
line('pipeline with the store, posts/s', (POSTS / ((performance.now() - before) / 1000)).toFixed(0), '')

// The inbox through the door, on the store that the bench of the store has filled.
const kept = process.env.AUSCULT_BENCH_KEEP
if (kept && fs.existsSync(path.join(kept, 'auscult.db'))) {
  const big = await App.start({ name: 'bench-inbox', dataDir: kept, ready: 120 })
  const password = 'a long enough password 1'
  const added = await big.command(['user', 'add', 'bench@hospital.example', '--name', 'Bench', '--role', 'manager', '--workspace', 'bench'],
    { input: `${password}\n` })
  if (added.code !== 0) throw new Error(added.err)
  const entered = await fetch(`${big.url}/sign-in`, { method: 'POST', redirect: 'manual',
    headers: { origin: big.url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email: 'bench@hospital.example', password }) })
  const cookie = entered.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
  const pages = []
  for (let i = 0; i < 100; i += 1) {
    const started = performance.now()
    const answer = await fetch(`${big.url}/inbox`, { headers: { cookie }, redirect: 'manual' })
    const html = await answer.text()
    if (answer.status !== 200 || !html.includes('conv-list')) throw new Error(`no inbox: ${answer.status}`)
    pages.push(performance.now() - started)
  }
  pages.sort((a, b) => a - b)
  line('page of the big inbox, ms p50', pages[50].toFixed(1), '')
  line('page of the big inbox, ms p99', pages[98].toFixed(1), 'aim under 100')
  await big.stop()
}
fs.rmSync(folder, { recursive: true, force: true })
