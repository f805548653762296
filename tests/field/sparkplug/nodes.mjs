// nodes.mjs - npm sparkplug-client, unchanged, as edge node: births, data, rebirth, death; and STATE.
import mqtt from 'mqtt'
import { createRequire } from 'node:module'
import { Server, ok, sleep, until } from './lib.mjs'
const { newClient } = createRequire(import.meta.url)('sparkplug-client')

function edge(broker, id, options = {}) {
  const node = newClient({ serverUrl: broker.url, username: '', password: '', groupId: '工厂', edgeNode: id,
    clientId: `edge-${id}`, version: 'spBv1.0', publishDeath: true, ...options })
  node.births = 0
  node.last = {}
  // the client leaves the answer to a rebirth request to its application
  node.on('ncmd', (payload) => {
    if (payload.metrics.some((m) => m.name === 'Node Control/Rebirth' && m.value)) bear()
  })
  node.on('birth', bear)
  function bear() {
    node.births++
    const t = Date.now()
    node.publishNodeBirth({ timestamp: t, metrics: [{ name: '功率', type: 'Double', value: 1.5, timestamp: t },
      { name: 'state', type: 'String', value: 'run', timestamp: t }] })
    node.publishDeviceBirth('press', { timestamp: t, metrics: [
      { name: 'count', type: 'UInt32', value: 3293969225, timestamp: t },
      { name: 'cold', type: 'Int8', value: -23, timestamp: t }] })
    node.sent = [...(node.sent ?? []), ['功率', t, '1.5'], ['count', t, '3293969225'], ['cold', t, '-23']]
    node.ready = true
  }
  return node
}

// names are known to the host from the birth; the client sends datatype and name each time
function data(node, v, compress) {
  const t = 1767225600000 + v
  const options = compress ? { compress: true } : undefined
  node.publishNodeData({ timestamp: t, metrics: [{ name: '功率', type: 'Double', value: v / 8, timestamp: t }] }, options)
  node.publishDeviceData('press', { timestamp: t, metrics: [{ name: 'count', type: 'UInt32', value: v, timestamp: t },
    { name: 'cold', type: 'Int8', value: -(v % 100), timestamp: t }] }, options)
  node.sent.push(['功率', t, String(v / 8)], ['count', t, String(v)], ['cold', t, String(v % 100 ? -(v % 100) : 0)])
}

export async function nodes(broker) {
  const states = []
  const observer = mqtt.connect(broker.url)
  observer.on('message', (topic, payload) => states.push(JSON.parse(payload.toString())))
  await new Promise((r) => observer.subscribe('spBv1.0/STATE/brain', { qos: 1 }, r))

  // a node that lives before the host: its data come without a birth, so it is asked for one
  const old = edge(broker, '旧')
  await until(() => old.ready)
  const server = new Server('host', ['--mqtt', broker.url, '--sparkplug-host', 'brain'])
  await server.start()
  ok(await until(() => states.some((s) => s.online)), 'STATE online is published')
  await sleep(300)
  data(old, 1)
  ok(await until(() => old.births === 2), 'data before a birth: the node is asked for its rebirth, once')

  const node = edge(broker, 'N1')
  await until(() => node.ready)
  for (let v = 1; v <= 300; v++) {
    data(node, v, v % 7 === 0)
    if (v % 50 === 0) await sleep(20)
  }
  const stored = () => server.metric('luoshu_mqtt_readings_total{line="sparkplug",is="stored"}')
  // the old node's data at its first second, two births of three numbers, 300 times three
  ok(await until(async () => (await stored()) >= 900 + 6), 'births, data and compressed data are stored', String(await stored()))
  ok((await server.metric('luoshu_sparkplug_messages_total{is="gap"}')) === 0, 'no gap in seq over 600 messages')
  ok(node.births === 1, 'and no rebirth was asked for', String(node.births))

  // the host is killed: the broker tells it; the next start says online again, and asks
  await server.stop('SIGKILL')
  ok(await until(() => states.at(-1)?.online === false), 'killed: the will says offline')
  await server.start()
  ok(await until(() => states.at(-1)?.online === true), 'started again: online')
  const will = states.filter((s) => !s.online).at(-1)
  ok(states.some((s) => s.online && s.timestamp === will.timestamp), 'the will has the time of its birth')
  await sleep(300)
  data(node, 301)
  ok(await until(() => node.births === 2), 'the node is asked for its names again')
  ok(await until(() => old.births === 2), 'a node that sends nothing is left alone')

  // a spoofed offline of ours is corrected (3.0, a host must say online again)
  observer.publish('spBv1.0/STATE/brain', JSON.stringify({ online: false, timestamp: 1 }), { qos: 1, retain: true })
  await until(() => states.at(-1)?.timestamp === 1, 3000)
  ok(await until(() => states.at(-1)?.online === true), 'offline that is not true is corrected')

  // a node says goodbye with its NDEATH: its values are stale
  await sleep(500)
  const dies = edge(broker, 'N2')
  await until(() => dies.ready)
  await sleep(1000)
  dies.stop()
  ok(await until(async () => (await server.metric('luoshu_sparkplug_messages_total{is="death"}')) >= 1), 'a death is seen')
  await sleep(300)
  old.stop()
  node.stop()
  await sleep(500)
  const end = await server.stop()
  ok(end.code === 0, 'it ends well', JSON.stringify(end))
  ok(await until(() => states.at(-1)?.online === false), 'and says goodbye')
  observer.end(true)

  const rows = server.readings()
  const have = new Map(rows.map(([s, f, t, v]) => [`${s} ${f} ${t}`, v]))
  const missing = node.sent.filter(([f, t, v]) =>
    have.get(`${f === '功率' ? 'spBv1.0/工厂/N1' : 'spBv1.0/工厂/N1/press'} ${f} ${t}`) !== v)
  ok(missing.length === 0, `all ${node.sent.length} values of the node are stored as sent`, JSON.stringify(missing.slice(0, 3)))
  const absent = rows.filter((r) => r[0].startsWith('spBv1.0/工厂/N2') && r[3] === 'absent')
  ok(absent.length === 3, 'the dead node\'s three values are marked absent', String(absent.length))
}
