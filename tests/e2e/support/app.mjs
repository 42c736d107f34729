// Starts the built binary as an operator would: an own data directory, a free
// loopback port, a settings file. Nothing else of this machine's environment reaches it.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { egressAllow } from './real.mjs'

const ROOT = path.resolve(import.meta.dirname, '../../..')
export const RESULTS = path.resolve(import.meta.dirname, '../results')

/** The binary under test: $AUSCULT_BIN, else the one of the dev profile. */
export function binary() {
  const file = process.env.AUSCULT_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'debug/auscult')
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: run  cargo build -p auscult --bin auscult`)
  return file
}

/** A port that nothing listens on just now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** A settings file that looks at everything often, so that journeys do not wait. */
const SETTINGS = `[listen]
network_seconds = 2
feed_seconds = 2

[deliver]
lease_seconds = 5
reconcile_seconds = 2
`

export class App {
  /**
   * Starts `auscult serve` (or `demo`) and returns when it answers.
   * Options: command, name (of its log), dataDir, databaseUrl, settings, args, port,
   * allow (further `host:port` the egress guard lets through), ready (seconds).
   */
  static async start(options = {}) {
    const app = new App()
    app.options = options
    app.name = options.name ?? 'auscult'
    app.port = options.port ?? (await freePort())
    app.url = `http://127.0.0.1:${app.port}`
    app.dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'auscult-e2e-'))
    fs.mkdirSync(app.dataDir, { recursive: true, mode: 0o700 })
    const settings = path.join(app.dataDir, 'auscult.toml')
    if (!fs.existsSync(settings)) fs.writeFileSync(settings, options.settings ?? SETTINGS)
    fs.mkdirSync(path.join(RESULTS, 'logs'), { recursive: true })
    app.logFile = path.join(RESULTS, 'logs', `${app.name}.log`)
    fs.rmSync(app.logFile, { force: true })
    await app.run()
    return app
  }

  /** Starts the process on the same data directory and port; also after `kill`. */
  async run() {
    const { command = 'serve', args = [], databaseUrl, ready = 60 } = this.options
    const started = performance.now()
    const log = fs.openSync(this.logFile, 'a')
    this.ended = undefined
    this.process = spawn(binary(), [command, '--data', this.dataDir, '--listen', `127.0.0.1:${this.port}`, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: this.dataDir,
        RUST_BACKTRACE: '1',
        RUST_LOG: process.env.AUSCULT_E2E_LOG ?? 'info',
        AUSCULT_EGRESS_ALLOW: [egressAllow(), ...(this.options.allow ?? [])].join(','),
        ...(databaseUrl ? { AUSCULT_DATABASE_URL: databaseUrl } : {}),
      },
      stdio: ['ignore', log, log],
    })
    fs.closeSync(log)
    this.exited = new Promise((resolve) => this.process.once('exit', (code, signal) => {
      this.ended = signal ?? code
      resolve(this.ended)
    }))
    const end = Date.now() + ready * 1000
    for (;;) {
      if (this.ended !== undefined) throw new Error(`${this.name} ended (${this.ended}) during its start:\n${this.tail()}`)
      if (await this.answers()) break
      if (Date.now() > end) {
        await this.kill()
        throw new Error(`${this.name} was not ready after ${ready} s:\n${this.tail()}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    this.startMilliseconds = performance.now() - started
  }

  async answers() {
    try {
      return (await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok
    } catch {
      return false
    }
  }

  /** The end of its log. */
  tail(lines = 30) {
    return this.log().split('\n').slice(-lines).join('\n')
  }

  log() {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8') : ''
  }

  /** kill -9, and waits until it is gone. */
  async kill() {
    if (this.ended === undefined) this.process.kill('SIGKILL')
    await this.exited
  }

  /** Asks it to end, as an init system would; ends it after ten seconds. */
  async stop() {
    if (this.ended === undefined) this.process.kill('SIGTERM')
    const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000)
    const how = await this.exited
    clearTimeout(late)
    return how
  }

  /** Stops it and removes its data directory. */
  async remove() {
    await this.stop()
    if (!this.options.dataDir) fs.rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** Resident memory in MB. */
  memory() {
    const status = fs.readFileSync(`/proc/${this.process.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024
  }

  /** Runs another command of the binary on the same data, and gives its output. */
  async command(args, { input } = {}) {
    const child = spawn(binary(), [...args, '--data', this.dataDir], {
      env: {
        PATH: process.env.PATH,
        HOME: this.dataDir,
        AUSCULT_EGRESS_ALLOW: egressAllow(),
        ...(this.options.databaseUrl ? { AUSCULT_DATABASE_URL: this.options.databaseUrl } : {}),
      },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (part) => { out += part })
    child.stderr.on('data', (part) => { err += part })
    child.stdin.end(input ?? '')
    const code = await new Promise((resolve) => child.once('close', resolve))
    return { code, out, err }
  }
}
