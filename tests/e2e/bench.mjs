// The part of `make bench` that looks at the binary from outside: size, start time,
// idle memory, and pages at the size of the demo. Prints one line a figure.
import fs from 'node:fs'
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
