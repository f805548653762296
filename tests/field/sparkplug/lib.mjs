// lib.mjs - a broker, a server and what is asked of them; every process is started here and ended by its id.
import { spawn, execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { mkdirSync, writeFileSync, openSync } from 'node:fs'
import { join } from 'node:path'

export const luoshu = process.env.LUOSHU
export const dump = process.env.DUMP
export const out = process.env.OUT
let count = 0
let failed = 0
const running = new Set()
process.on('exit', () => { for (const p of running) p.kill('SIGKILL') }) // also when a story throws
process.on('SIGTERM', () => process.exit(1))

export function ok(good, name, why = '') {
  count++
  if (!good) failed++
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`)
  if (!good && why) console.log(`#   ${why}`)
}
export function skip(name) {
  count++
  console.log(`ok ${count} - ${name} # SKIP`)
}
export async function finish() {
  console.log(`1..${count}`)
  process.exit(failed ? 1 : 0)
}
export const sleep = (ms) => new Promise((r) => setTimeout(r, ms))
export async function until(what, ms = 20000) {
  const end = Date.now() + ms
  for (;;) {
    const v = await what()
    if (v) return v
    if (Date.now() > end) return v
    await sleep(50)
  }
}
export function freePort() {
  return new Promise((resolve) => {
    const s = createServer()
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => resolve(port))
    })
  })
}
export function start(name, command, args) {
  const log = openSync(join(out, `${name}.log`), 'a')
  const p = spawn(command, args, { stdio: ['ignore', 'pipe', log] })
  p.lines = ''
  p.stdout.on('data', (d) => { p.lines += d })
  p.ended = new Promise((r) => p.on('exit', (code, signal) => { running.delete(p); r({ code, signal }) }))
  running.add(p)
  return p
}
export async function stop(p, signal = 'SIGTERM') {
  p.kill(signal)
  return p.ended
}

// A broker that keeps its sessions over a restart.
export class Broker {
  constructor(port, dir, more = []) {
    Object.assign(this, { port, dir })
    mkdirSync(dir, { recursive: true })
    this.conf = join(dir, 'mosquitto.conf')
    writeFileSync(this.conf, [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence true',
      `persistence_location ${dir}/`, 'max_queued_messages 0', 'log_dest stderr', ...more, process.getuid() ? '' : 'user root', ''].join('\n'))
  }
  async start() {
    this.p = start('mosquitto', process.env.MOSQUITTO, ['-c', this.conf])
    const { connect } = await import('node:net')
    await until(() => new Promise((r) => {
      const s = connect(this.port, '127.0.0.1', () => { s.destroy(); r(true) })
      s.on('error', () => r(false))
    }))
  }
  stop() { return stop(this.p) }
  get url() { return `mqtt://127.0.0.1:${this.port}` }
}
export class Server {
  constructor(name, args) {
    Object.assign(this, { name, args, dir: join(out, name) })
    execFileSync(luoshu, ['init', this.dir], { stdio: ['ignore', 'pipe', 'ignore'] })
  }
  // limit: largest file in KiB, as if the disk were full behind it
  async start(limit) {
    const command = limit ? ['sh', '-c', `trap '' XFSZ; ulimit -f ${limit * 2}; exec "$@"`, 'sh', luoshu] : [luoshu]
    this.p = start(this.name, command[0], [...command.slice(1), 'serve', this.dir, '--listen', '127.0.0.1:0', ...this.args])
    this.url = await until(() => /listening on (http:\S+)\//.exec(this.p.lines)?.[1])
    if (!this.url) throw new Error(`${this.name} does not start`)
  }
  stop(signal) { return stop(this.p, signal) }
  async metric(row) {
    try {
      const text = await (await fetch(`${this.url}/metrics`)).text()
      for (const line of text.split('\n')) if (line.startsWith(`${row} `)) return Number(line.slice(row.length + 1))
    } catch { /* it restarts */ }
    return undefined
  }
  // every reading that is kept: [series, field, time, value]; the server must have ended
  readings() {
    const text = execFileSync(dump, [this.dir], { encoding: 'utf8', maxBuffer: 1 << 28 })
    return text.trim().split('\n').slice(1).map((l) => l.split(','))
  }
}
