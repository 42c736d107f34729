// The REST API as a program outside uses it: a token with scopes, JSON in and out.

export class Api {
  constructor(app, token) {
    this.app = app
    this.token = token
  }

  async call(method, path, body) {
    const response = await fetch(`${this.app.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : undefined }
  }

  /** Conversations whose words hold `words`. */
  async conversations(words) {
    const { status, body } = await this.call('GET', `/conversations?${new URLSearchParams({ q: words, limit: '200' })}`)
    if (status !== 200) throw new Error(`conversations: ${status} ${JSON.stringify(body)}`)
    return body.items
  }

  /** Answers in a conversation; `key` is the sender's own, so that the same call twice is one answer. */
  answer(number, text, key) {
    return this.call('POST', `/conversations/${number}/answers`, { text, audience: 'public', client_key: key })
  }
}
