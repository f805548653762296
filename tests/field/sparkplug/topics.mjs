// topics.mjs - JSON topics with QoS 1 through a real broker: the broker restarted and the server killed in
// the middle, every message that was acknowledged is there exactly once.
import mqtt from 'mqtt'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Broker, Server, freePort, ok, out, skip, sleep, until } from './lib.mjs'

const MESSAGES = Number(process.env.MESSAGES ?? 3000)
export const mapping = join(out, 'mapping.json')
writeFileSync(mapping, JSON.stringify({ topics: [
  { topic: 'plant/{line}/{machine}', series: 'plant/{line}/{machine}', time: { pointer: '/ts', format: 'ms' },
    fields: [{ pointer: '/v', field: 'v' }] },
  { topic: 'bulk', series: 'bulk', each: '/rows', time: { pointer: '/0', format: 'ms' }, fields: [{ pointer: '/1', field: 'v' }] }] }))

const base = 1767225600000
const publish = (client, topic, v, opts) => new Promise((resolve) =>
  client.publish(topic, JSON.stringify({ ts: base + v, v }), opts, (err) => resolve(!err)))

function compare(readings, acked, name) {
  const seen = new Map()
  for (const [series, field, time, value] of readings)
    if (series === 'plant/L1/press') seen.set(`${time} ${value} ${field}`, (seen.get(`${time} ${value} ${field}`) ?? 0) + 1)
  const missing = acked.filter((v) => seen.get(`${base + v} ${v} v`) === undefined)
  const twice = [...seen.values()].filter((n) => n > 1)
  ok(missing.length === 0, `${name}: all ${acked.length} acknowledged messages are there`,
    `${missing.length} missing, first ${missing.slice(0, 5)}`)
  ok(twice.length === 0 && seen.size <= MESSAGES, `${name}: none is there twice`, `${twice.length} twice of ${seen.size}`)
}

export async function killed(broker) {
  const server = new Server('killed', ['--mqtt', broker.url, '--mqtt-topics', mapping])
  await server.start()
  ok(await until(() => server.metric('luoshu_mqtt_connected{line="topics"}')), 'it connects to the broker')
  await sleep(300) // SUBACK
  const client = mqtt.connect(broker.url, { protocolVersion: 5, clean: false, clientId: 'publisher',
    properties: { sessionExpiryInterval: 3600 }, reconnectPeriod: 100 })
  const acked = []
  const waiting = new Set()
  let restarted = Promise.resolve()
  for (let v = 1; v <= MESSAGES; v++) {
    const p = publish(client, 'plant/L1/press', v, { qos: 1 }).then((good) => { if (good) acked.push(v); waiting.delete(p) })
    waiting.add(p)
    if (waiting.size >= 50) await Promise.race([...waiting, sleep(5000)])
    if (v === Math.floor(MESSAGES / 4) || v === Math.floor(MESSAGES / 2)) {
      await restarted // messages go on while it is away
      await server.stop('SIGKILL')
      restarted = sleep(400).then(() => server.start())
    }
    if (v % 20 === 0) await sleep(5)
    if (v === Math.floor(MESSAGES * 3 / 4)) {
      await restarted
      await broker.stop()
      await sleep(300)
      await broker.start()
    }
  }
  await Promise.race([Promise.all(waiting), sleep(20000)])
  client.end(true)
  ok(acked.length > MESSAGES * 0.9, `the broker took ${acked.length} of ${MESSAGES} messages`)
  let last = -1
  await until(async () => { // quiet: nothing new for a second
    const n = await server.metric('luoshu_mqtt_messages_total{line="topics",is="acknowledged"}')
    const quiet = n !== undefined && n === last
    last = n
    await sleep(1000)
    return quiet
  }, 60000)
  const end = await server.stop()
  ok(end.code === 0, 'it ends well', JSON.stringify(end))
  compare(server.readings(), acked, 'killed twice, broker restarted')
}

// Two servers of one group: each message is at one of them, and both work.
export async function shared(broker) {
  const servers = ['left', 'right'].map((n) => new Server(n, ['--mqtt', broker.url, '--mqtt-topics', mapping,
    '--mqtt-share', 'pair', '--no-sparkplug']))
  for (const s of servers) await s.start()
  for (const s of servers) await until(() => s.metric('luoshu_mqtt_connected{line="topics"}'))
  await sleep(500)
  const client = mqtt.connect(broker.url, { protocolVersion: 5 })
  for (let v = 1; v <= 400; v++) await publish(client, 'plant/L1/press', v, { qos: v % 3 === 0 ? 2 : 1 })
  client.end(true)
  const total = () => Promise.all(servers.map((s) => s.metric('luoshu_mqtt_readings_total{line="topics",is="stored"}')))
  await until(async () => (await total()).reduce((a, b) => a + b, 0) >= 400)
  const parts = await total()
  for (const s of servers) await s.stop()
  ok(parts[0] > 0 && parts[1] > 0, `a shared subscription: both servers work (${parts.join(' + ')})`)
  const all = servers.flatMap((s) => s.readings())
  ok(new Set(all.map((r) => r[2])).size === 400 && all.length === 400, 'and each message is at one of them', `${all.length}`)
}

// No file may grow any further, as on a full disk: nothing is acknowledged; with room again all is there.
export async function full(broker) {
  const rows = 5000
  const messages = 60
  const server = new Server('full', ['--mqtt', broker.url, '--mqtt-topics', mapping, '--no-sparkplug'])
  await server.start(3072)
  await until(() => server.metric('luoshu_mqtt_connected{line="topics"}'))
  await sleep(300)
  const client = mqtt.connect(broker.url, { protocolVersion: 5 })
  for (let m = 0; m < messages; m++) {
    const list = Array.from({ length: rows }, (_, k) => [base + m * rows + k, (m * rows + k) % 1000])
    await new Promise((r) => client.publish('bulk', JSON.stringify({ rows: list }), { qos: 1 }, r))
  }
  client.end(true)
  const held = await until(() => server.metric('luoshu_mqtt_held_total{line="topics"}'))
  await sleep(1500)
  const acked = await server.metric('luoshu_mqtt_messages_total{line="topics",is="acknowledged"}')
  const kept = await server.metric('luoshu_mqtt_readings_total{line="topics",is="stored"}')
  ok(held > 0 && acked < messages, `a full disk: ${acked} of ${messages} messages are acknowledged`, `held ${held}`)
  ok(acked * rows <= kept, 'none of them before it was kept', `${acked * rows} ${kept}`)
  await server.stop()
  await server.start()
  ok(await until(async () => (await server.metric('luoshu_mqtt_messages_total{line="topics",is="acknowledged"}')) >= messages - acked),
    'with room again the broker gives the others')
  await server.stop()
  const times = server.readings().filter((r) => r[0] === 'bulk').map((r) => r[2])
  ok(times.length === rows * messages && new Set(times).size === times.length, `all ${rows * messages} readings are there once`, `${times.length}`)
}

// TLS: a broker whose certificate is trusted by --mqtt-ca, and not without it; user and password.
export async function tls() {
  const dir = join(out, 'tls')
  mkdirSync(dir, { recursive: true })
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-keyout', join(dir, 'key.pem'), '-out', join(dir, 'cert.pem'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'])
  if (made.status !== 0) return skip('TLS: no openssl')
  spawnSync('mosquitto_passwd', ['-h']).error === undefined &&
    spawnSync('mosquitto_passwd', ['-b', '-c', join(dir, 'passwd'), 'brain', 'p@ss'])
  const words = existsSync(join(dir, 'passwd'))
  const secure = new Broker(await freePort(), join(dir, 'broker'), [`certfile ${dir}/cert.pem`, `keyfile ${dir}/key.pem`,
    ...(words ? [`password_file ${dir}/passwd`] : [])])
  await secure.start()
  const url = `mqtts://brain@localhost:${secure.port}`
  const open = new Server('tls-trusted', ['--mqtt', url, '--mqtt-ca', join(dir, 'cert.pem'), '--mqtt-topics', mapping])
  process.env.LUOSHU_MQTT_PASSWORD = 'p@ss'
  await open.start()
  ok(await until(() => open.metric('luoshu_mqtt_connected{line="topics"}')), 'TLS with a trusted certificate')
  const client = mqtt.connect(url, { username: 'brain', password: 'p@ss', ca: readFileSync(join(dir, 'cert.pem')) })
  await sleep(300)
  for (let v = 1; v <= 200; v++) await publish(client, 'plant/L1/press', v, { qos: 1 })
  client.end(true)
  ok(await until(async () => (await open.metric('luoshu_mqtt_messages_total{line="topics",is="acknowledged"}')) === 200),
    '200 messages over TLS are acknowledged')
  await open.stop()
  ok(open.readings().length === 200, 'and stored')
  const wrong = new Server('tls-untrusted', ['--mqtt', url])
  await wrong.start()
  ok(await until(() => readFileSync(join(out, 'tls-untrusted.log'), 'utf8').includes('TLS: ')), 'a certificate nobody trusts is refused')
  ok((await wrong.metric('luoshu_mqtt_connected{line="sparkplug"}')) === 0, 'and nothing is said to that broker')
  await wrong.stop()
  delete process.env.LUOSHU_MQTT_PASSWORD
  await secure.stop()
}

// A mapping that cannot be is refused before anything starts.
export async function refused(broker) {
  const bad = join(out, 'bad.json')
  writeFileSync(bad, '{"topics":[{"topic":"a/{x}","series":"s/{y}"}]}')
  const server = new Server('refused', ['--mqtt', broker.url, '--mqtt-topics', bad])
  const r = spawnSync(process.env.LUOSHU, ['serve', server.dir, '--listen', '127.0.0.1:0', ...server.args], { encoding: 'utf8' })
  ok(r.status === 2 && r.stderr.includes("'{y}' is no level of 'a/{x}'"), 'a wrong mapping is exit 2, with row and name', r.stderr)
}
