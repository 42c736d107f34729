// A sender of signed webhooks (standard-webhooks): HMAC-SHA256 over id, time and raw body.
import { createHmac, randomUUID } from 'node:crypto'

export class WebhookSender {
  /** `url` is the whole address of the hook; `secret` is as shown once by the page, `whsec_…`. */
  constructor(url, secret) {
    this.url = url
    this.key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  }

  /** Sends items; the same `id` again is the same delivery. */
  async send(items, { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000), tamper = (body) => body } = {}) {
    const body = JSON.stringify({ items })
    const signature = createHmac('sha256', this.key).update(`${id}.${at}.${body}`).digest('base64')
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(at),
        'webhook-signature': `v1,${signature}`,
      },
      body: tamper(body),
    })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
}

/** Invented items, one an id. */
export function items(prefix, from, count, words) {
  return Array.from({ length: count }, (_, i) => ({
    id: `${prefix}-${from + i}`,
    type: 'review',
    text: `${words} Visit ${from + i}.`,
    language: 'en',
    created_at: new Date(Date.UTC(2026, 10, 1) + (from + i) * 1000).toISOString(),
    author: { id: `${prefix}-author-${(from + i) % 97}`, display_name: 'Visitor' },
  }))
}
