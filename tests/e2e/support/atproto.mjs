// A person on the real AT Protocol network: posts, searches and reads threads the
// way anybody's app does, through the PDS.
import fs from 'node:fs'

/** Accounts and addresses of the running network. */
export function network() {
  return JSON.parse(fs.readFileSync(process.env.AUSCULT_REAL_ATPROTO_STATE, 'utf8'))
}

/** The account with this handle, such as `alice.test`. */
export function account(handle) {
  const found = network().accounts.find((one) => one.handle === handle)
  if (!found) throw new Error(`the AT network has no account ${handle}`)
  return found
}

export class AtPerson {
  static async signIn(handle) {
    const person = new AtPerson(process.env.AUSCULT_REAL_ATPROTO, handle)
    const { password } = account(handle)
    const session = await person.post('com.atproto.server.createSession', { identifier: handle, password })
    person.did = session.did
    person.token = session.accessJwt
    return person
  }

  constructor(pds, handle) {
    this.pds = pds
    this.handle = handle
  }

  /** Writes a post (an answer when `parent` is given: `{uri, cid, root?}`) and gives its uri and cid. */
  async write(text, parent) {
    const record = { $type: 'app.bsky.feed.post', text, langs: ['en'], createdAt: new Date().toISOString() }
    if (parent) {
      const strong = ({ uri, cid }) => ({ uri, cid })
      record.reply = { root: strong(parent.root ?? parent), parent: strong(parent) }
    }
    const mention = /@([a-z0-9.-]+\.test)/g
    const facets = []
    for (const match of text.matchAll(mention)) {
      const start = Buffer.byteLength(text.slice(0, match.index))
      facets.push({
        index: { byteStart: start, byteEnd: start + Buffer.byteLength(match[0]) },
        features: [{ $type: 'app.bsky.richtext.facet#mention', did: account(match[1]).did }],
      })
    }
    if (facets.length) record.facets = facets
    return this.post('com.atproto.repo.createRecord', { repo: this.did, collection: 'app.bsky.feed.post', record })
  }

  /** Posts that the network's own search finds. */
  async search(q) {
    return (await this.get('app.bsky.feed.searchPosts', { q, limit: '100' })).posts
  }

  /** The answers below a post, as the network shows them: `{author, text, uri}`. */
  async answers(uri) {
    const { thread } = await this.get('app.bsky.feed.getPostThread', { uri, depth: '10' })
    const below = []
    const walk = (node) => {
      for (const reply of node.replies ?? []) {
        below.push({ author: reply.post.author.handle, text: reply.post.record.text, uri: reply.post.uri })
        walk(reply)
      }
    }
    walk(thread)
    return below
  }

  /** Every post record in somebody's repository: the count of record for "posted twice". */
  async repository(did) {
    const records = []
    let cursor
    do {
      const page = await this.get('com.atproto.repo.listRecords', {
        repo: did, collection: 'app.bsky.feed.post', limit: '100', ...(cursor ? { cursor } : {}) })
      records.push(...page.records)
      cursor = page.cursor
    } while (cursor)
    return records
  }

  async get(method, query) {
    return this.call(`${method}?${new URLSearchParams(query)}`, { method: 'GET' })
  }

  async post(method, body) {
    return this.call(method, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  }

  async call(path, options) {
    const headers = { ...options.headers, ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) }
    const response = await fetch(`${this.pds}/xrpc/${path}`, { ...options, headers })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
}
