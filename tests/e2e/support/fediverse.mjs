// A person on the real fediverse, through the Mastodon client API of their server.

const REDIRECT = 'urn:ietf:wg:oauth:2.0:oob'
const PASSWORD = 'auscult-test'

export class FediPerson {
  /** Signs `name` in at the server `base`, the way an app does: register, authorise, exchange the code. */
  static async signIn(base, name) {
    const app = await form(`${base}/api/v1/apps`, {
      client_name: 'journey', redirect_uris: REDIRECT, scopes: 'read write follow' })
    const query = new URLSearchParams({
      response_type: 'code', client_id: app.client_id, redirect_uri: REDIRECT, scope: 'read write follow', state: 'journey' })
    const page = await (await fetch(`${base}/oauth/authorize?${query}`)).text()
    const action = new URL(/<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? '/oauth/x-snac-login', base)
    const fields = Object.fromEntries(
      [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((match) => [match[1], match[2]]))
    const answer = await fetch(action, {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...fields, login: name, passwd: PASSWORD }) })
    const location = answer.headers.get('location') ?? ''
    const code = new URLSearchParams(location.split('?')[1] ?? '').get('code') ??
      /([A-Za-z0-9_-]{16,})/.exec((await answer.text()).replace(/<[^>]+>/g, ' '))?.[1]
    if (!code) throw new Error(`no code from ${base} for ${name} (status ${answer.status})`)
    const token = await form(`${base}/oauth/token`, {
      grant_type: 'authorization_code', code, client_id: app.client_id, client_secret: app.client_secret,
      redirect_uri: REDIRECT, scope: 'read write follow' })
    return new FediPerson(base, name, token.access_token)
  }

  constructor(base, name, token) {
    this.base = base
    this.name = name
    this.token = token
  }

  /** Writes a post, public, and gives it as the server tells it. */
  async write(text, inReplyTo) {
    return this.call('/api/v1/statuses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status: text, visibility: 'public', ...(inReplyTo ? { in_reply_to_id: inReplyTo } : {}) }),
    })
  }

  /** The answers below a post: `{author, text, url}`. */
  async answers(id) {
    const { descendants } = await this.call(`/api/v1/statuses/${id}/context`)
    return descendants.map((one) => ({ author: one.account.acct, text: plain(one.content), url: one.url }))
  }

  /** Posts under a hashtag. */
  async tagged(tag) {
    return this.call(`/api/v1/timelines/tag/${encodeURIComponent(tag)}`)
  }

  async call(path, options = {}) {
    const response = await fetch(this.base + path, {
      ...options, headers: { ...options.headers, authorization: `Bearer ${this.token}` } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
}

/** Text of a status without its markup. */
export function plain(html) {
  return html.replace(/<br\s*\/?>/g, '\n').replace(/<[^>]+>/g, '').replace(/&quot;/g, '"').replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').trim()
}

async function form(url, fields) {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.json()
}
