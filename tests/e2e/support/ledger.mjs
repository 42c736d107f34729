// What the test itself knows to be true: every call it made and every acknowledgement
// it got, written down before the next step. Compared with the store and with the
// network's own count, never with counts of the program.
import fs from 'node:fs'
import path from 'node:path'
import { RESULTS } from './app.mjs'

export class Ledger {
  constructor(name) {
    fs.mkdirSync(RESULTS, { recursive: true })
    this.file = path.join(RESULTS, `ledger-${name}.jsonl`)
    fs.writeFileSync(this.file, '')
    this.offered = new Set()
    this.acknowledged = new Set()
  }

  write(entry) {
    fs.appendFileSync(this.file, `${JSON.stringify({ at: Date.now(), ...entry })}\n`)
  }

  /** Before a call that offers these keys. */
  offer(keys) {
    for (const key of keys) this.offered.add(key)
    this.write({ offer: keys })
  }

  /** After an answer that acknowledges them. */
  acknowledge(keys) {
    for (const key of keys) this.acknowledged.add(key)
    this.write({ acknowledged: keys })
  }

  kill(number, after) {
    this.write({ kill: number, after })
  }

  /** What does not agree: `seen` is a list of keys, with repetitions. */
  disagreements(seen) {
    const times = new Map()
    for (const key of seen) times.set(key, (times.get(key) ?? 0) + 1)
    return {
      lost: [...this.acknowledged].filter((key) => !times.has(key)),
      doubled: [...times].filter(([, count]) => count > 1).map(([key, count]) => `${key} x${count}`),
      foreign: [...times.keys()].filter((key) => !this.offered.has(key)),
    }
  }
}

/** Nothing lost, nothing doubled, nothing from nowhere. */
export const AGREED = { lost: [], doubled: [], foreign: [] }
