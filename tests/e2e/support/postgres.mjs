// An empty database of its own on the real PostgreSQL, by way of psql.
import { execFileSync } from 'node:child_process'

/** Makes an empty database and gives its address and a way to remove it. */
export function emptyDatabase() {
  const server = process.env.AUSCULT_TEST_POSTGRES
  const name = `auscult_e2e_${process.pid}_${Date.now()}`
  const psql = (sql) => execFileSync('psql', ['-q', '-d', server, '-c', sql], { stdio: ['ignore', 'pipe', 'pipe'] })
  psql(`CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}
