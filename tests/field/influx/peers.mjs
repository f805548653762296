// peers.mjs - InfluxDB's own clients, 2.x and 1.x, write to a running server; TAP on stdout. What
// must then be stored goes to the file EXPECTED as series,field,time_ms,value, in any order.
//   BASE_URL, TOKEN, EXPECTED from the environment
import { writeFileSync } from 'node:fs'
import { InfluxDB, Point } from '@influxdata/influxdb-client'
import { InfluxDB as Influx1, FieldType } from 'influx'

const url = new URL(process.env.BASE_URL), token = process.env.TOKEN
const expected = []
let tests = 0, failed = 0
function ok(good, name, why = '') {
  tests++
  failed += good ? 0 : 1
  console.log(`${good ? 'ok' : 'not ok'} ${tests} - ${name}${good ? '' : `\n#   ${why}`}`)
}

// mulberry32, so that a failure can be had again
let state = Number(process.env.LUOSHU_SEED ?? Date.now() % 2 ** 31)
console.log(`# peers: LUOSHU_SEED=${state}`)
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

// The text of a number as 10^-6 units, half away from zero, as unbound points keep it; null: too large.
function kept(text) {
  const m = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(String(text))
  const exp = Number(m[4] ?? 0) - m[3].length + 6
  let units = BigInt(m[2] + m[3])
  if (exp >= 0) units *= 10n ** BigInt(exp)
  else {
    const den = 10n ** BigInt(-exp)
    units = (units + den / 2n) / den
  }
  if (units >= 2n ** 63n) return null
  const digits = units.toString().padStart(7, '0')
  const t = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '')
  return m[1] && units ? `-${t}` : t
}
const cell = (s) => (/[",\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s)
const escaped = (s) => s.replace(/[,= ]/g, (c) => `\\${c}`)
function expect(measurement, tags, field, ms, value) {
  const keys = Object.keys(tags).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const series = [measurement.replace(/[, ]/g, (c) => `\\${c}`), ...keys.map((k) => `${escaped(k)}=${escaped(tags[k])}`)]
  const text = kept(value)
  if (text !== null) expected.push([series.join(','), field, String(ms), text].map(cell).join(','))
  return text !== null
}

const numbers = [0, -0, 1, -1, 0.1, 0.1 + 0.2, 1 / 3, -2 / 3, 1e-6, 1e-7, 5e-7, 123456.789, 9007199254, -1e12, 1e12 + 0.5,
  9223372036854, 1.7976931348623157e-300, 99.999999, 4.35, 1.005]
const names = ['dev-17', 'a b', 'a,b', 'a=b', '电表 一号', '"q"', 'c:\\d', "it's", 'ü,ö= ä', '#1']
const start = 1760000000000

async function version2() {
  const failures = []
  const api = new InfluxDB({ url: url.origin, token }).getWriteApi('省', '能源', 'ms', {
    batchSize: 500, maxRetries: 0, writeFailed(error, lines) { failures.push([error, lines.length]); return Promise.resolve() },
  })
  for (let i = 0; i < 4000; i++) {
    const tags = { dev: names[i % names.length], area: `区${i % 7}`, 'key, of=it': `v${i % 3}` }
    const p = new Point(`power meter,${i % 5}`).timestamp(start + i * 1000)
    for (const k of Object.keys(tags).sort(() => random() - 0.5)) p.tag(k, tags[k])
    const v = i < 2000 ? numbers[i % numbers.length] : Math.round(random() * 1e9) / 10 ** Math.floor(random() * 7)
    p.floatField('value', v).intField('count', i * 1000003).uintField('u', i).booleanField('on', i % 2 === 0)
    api.writePoint(p)
    expect(`power meter,${i % 5}`, tags, 'value', start + i * 1000, v)
    expect(`power meter,${i % 5}`, tags, 'count', start + i * 1000, i * 1000003)
    expect(`power meter,${i % 5}`, tags, 'u', start + i * 1000, i)
    expect(`power meter,${i % 5}`, tags, 'on', start + i * 1000, i % 2 === 0 ? 1 : 0)
  }
  await api.flush()
  ok(failures.length === 0, '2.x: 4000 points in batches', String(failures[0]?.[0]))
  // what is too large, or text, is refused by name; the rest of the batch is stored
  api.writePoint(new Point('odd').floatField('v', 1e21).timestamp(start))
  api.writePoint(new Point('odd').floatField('v', 7.5).stringField('state', 'a "run" \\ ,=\nline').timestamp(start + 1))
  api.writePoint(new Point('odd').floatField('v', 8).timestamp(start + 2))
  expect('odd', {}, 'v', start + 1, 7.5)
  expect('odd', {}, 'v', start + 2, 8)
  await api.flush()
  const e = failures[0]?.[0]
  ok(failures.length === 1 && e.statusCode === 422, '2.x: 422 for what is no reading', `${e?.statusCode} ${e?.body}`)
  const body = JSON.parse(e?.body ?? '{}')
  ok(body.code === 'unprocessable entity' && body.refused?.length === 2, '2.x: each is named', e?.body)
  const zipped = new InfluxDB({ url: url.origin, token }).getWriteApi('o', 'b', 'ns', { gzipThreshold: 1, maxRetries: 0 })
  for (let i = 0; i < 1000; i++) {
    zipped.writePoint(new Point('zipped').tag('i', `${i % 10}`).floatField('v', i / 8).timestamp(`${start + i}000000`))
    expect('zipped', { i: `${i % 10}` }, 'v', start + i, i / 8)
  }
  await zipped.close()
  ok(true, '2.x: gzip, nanoseconds')
  let status = 0
  const denied = new InfluxDB({ url: url.origin, token: 'wrong' }).getWriteApi('o', 'b', 'ns', {
    maxRetries: 0, writeFailed(error) { status = error.statusCode; return Promise.resolve() },
  })
  denied.writePoint(new Point('never').floatField('v', 1))
  await denied.flush()
  ok(status === 401, '2.x: a wrong token is 401', String(status))
}

async function version1() {
  const db = new Influx1({ host: url.hostname, port: Number(url.port), database: 'plant', username: 'any', password: token,
    schema: [{ measurement: 'press', tags: ['line', 'shift'], fields: { kw: FieldType.FLOAT, pieces: FieldType.INTEGER, on: FieldType.BOOLEAN } }] })
  const pong = await db.ping(5000)
  ok(pong[0].online && pong[0].version.includes('luoshu'), '1.x: ping', pong[0].version)
  for (let b = 0; b < 6; b++) {
    const points = []
    for (let i = b * 500; i < b * 500 + 500; i++) {
      const tags = { shift: 'ABC'[i % 3], line: names[i % names.length] }
      const fields = { kw: numbers[i % numbers.length], pieces: i, on: i % 3 === 0 }
      const ms = start + i * 250
      points.push({ measurement: 'press', tags, fields, timestamp: new Date(ms) })
      expect('press', tags, 'kw', ms, fields.kw)
      expect('press', tags, 'pieces', ms, i)
      expect('press', tags, 'on', ms, fields.on ? 1 : 0)
    }
    await db.writePoints(points, { precision: ['n', 'u', 'ms'][b % 3] })
  }
  ok(true, '1.x: 3000 points in n, u and ms')
  let message = ''
  try {
    await db.writePoints([{ measurement: 'a b', fields: { v: 1 } }, { measurement: 'ab', fields: { v: 2 }, timestamp: new Date(start) }], { precision: 'ms' })
  } catch (e) { message = String(e.message) }
  expect('ab', {}, 'v', start, 2) // the client does not escape the space of a measurement
  ok(message.includes('partial write'), '1.x: the name it does not escape is refused, the other line kept', message)
}

await version2()
await version1()
writeFileSync(process.env.EXPECTED, `${expected.sort().join('\n')}\n`)
console.log(`1..${tests}`)
process.exit(failed ? 1 : 0)
