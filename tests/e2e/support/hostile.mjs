// A server of one's own for hostile answers: redirects inward, endless bodies, broken XML.
import http from 'node:http'

/** Starts it; `routes` maps a path to `(request, response) => …`. Counts the calls of each path. */
export async function hostileServer(routes) {
  const calls = new Map()
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://hostile')
    calls.set(pathname, (calls.get(pathname) ?? 0) + 1)
    const route = routes[pathname]
    if (route) route(request, response)
    else response.writeHead(404).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${server.address().port}`
  return { address, url: `http://${address}`, calls, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections() }) }
}

/** An RSS feed with these items. */
export function rss(items) {
  const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Hostile</title><link>http://hostile.example/</link><description>x</description>${
    items.map((one) => `<item><guid isPermaLink="false">${one.id}</guid><title>${escape(one.title)}</title><description>${escape(one.text)}</description><pubDate>Wed, 25 Nov 2026 08:00:00 GMT</pubDate></item>`).join('')}</channel></rss>`
}
