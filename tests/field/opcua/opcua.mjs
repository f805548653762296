// opcua.mjs - an OPC UA server here, the connector as its users start it, a broker, a Luoshu server.
import { createRequire } from 'node:module'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Broker, Server, finish, freePort, ok, out, sleep, start, stop, until } from '../sparkplug/lib.mjs'
const connector = fileURLToPath(new URL('../../../connectors/opcua/', import.meta.url))
const { DataType, OPCUACertificateManager, OPCUAServer, StatusCodes, Variant } = createRequire(connector)('node-opcua')

async function opcuaServer(port) {
  const server = new OPCUAServer({ port, resourcePath: '/plant', hostname: '127.0.0.1', alternateHostname: ['127.0.0.1'],
    serverCertificateManager: new OPCUACertificateManager({
    rootFolder: join(out, 'server-pki'), automaticallyAcceptUnknownCertificate: true }) })
  await server.initialize()
  const space = server.engine.addressSpace.getOwnNamespace()
  const machine = space.addObject({ organizedBy: server.engine.addressSpace.rootFolder.objects, browseName: 'Press' })
  const add = (name, dataType, value, more = {}) => {
    const v = space.addVariable({ componentOf: machine, browseName: name, nodeId: `s=${name}`, dataType, ...more })
    v.setValueFromSource(value)
    return v
  }
  const nodes = {
    power: add('power', 'Double', { dataType: DataType.Double, value: 1.25 }),
    cold: add('cold', 'SByte', { dataType: DataType.SByte, value: -23 }),
    big: add('big', 'Int64', { dataType: DataType.Int64, arrayType: 0, value: [4294967295, 4294967289] }), // -7
    on: add('on', 'Boolean', { dataType: DataType.Boolean, value: true }),
    list: add('list', 'Float', new Variant({ dataType: DataType.Float, arrayType: 1, value: new Float32Array([1.5, 2.5]) }),
      { valueRank: 1 }),
  }
  await server.start()
  return { server, nodes }
}

const startConnector = (config) => start('connector', 'node', [join(connector, 'connector.mjs'), config])

const broker = new Broker(await freePort(), join(out, 'broker'))
await broker.start()
const brain = new Server('brain', ['--mqtt', broker.url, '--sparkplug-host', 'brain'])
await brain.start()
const port = await freePort()
const plant = await opcuaServer(port)
const config = join(out, 'config.json')
const items = [...['power', 'cold', 'big', 'on'].map((name) => ({ node: `ns=1;s=${name}`, name, sampling_ms: 50 })),
  { node: 'ns=1;s=list', index: 1, name: 'second' }, { node: 'ns=1;s=none', name: 'none' }]
writeFileSync(config, JSON.stringify({ broker: broker.url, group: 'plant', node: 'gw', primary_host: 'brain', pki: join(out, 'client-pki'),
  servers: [{ endpoint: `opc.tcp://127.0.0.1:${port}/plant`, device: 'press', publishing_ms: 100, items }] }))

const bad = join(out, 'bad.json')
writeFileSync(bad, JSON.stringify({ broker: broker.url, group: 'a/b', node: 'gw', servers: [] }))
const refused = spawnSync('node', [join(connector, 'connector.mjs'), bad], { encoding: 'utf8' })
ok(refused.status === 2 && refused.stderr.includes("'group'"), 'a wrong configuration is exit 2 and named', refused.stderr)

const p = startConnector(config)
const stored = () => brain.metric('luoshu_mqtt_readings_total{line="sparkplug",is="stored"}')
ok(await until(async () => (await stored()) >= 5, 40000), 'the birth of the device is stored', String(await stored()))
await sleep(500)
const sent = []
for (let i = 1; i <= 20; i++) {
  const t = new Date()
  plant.nodes.power.setValueFromSource({ dataType: DataType.Double, value: i / 4 }, StatusCodes.Good, t)
  sent.push([t.getTime(), String(i / 4)])
  await sleep(120)
}
plant.nodes.power.setValueFromSource({ dataType: DataType.Double, value: 99 }, StatusCodes.BadSensorFailure, new Date())
const before = await stored()
await until(async () => (await stored()) >= 5 + 20 + 1)
ok((await stored()) >= 26, 'changes are stored', `${before} ${await stored()}`)

// the broker goes away for a while: what changes meanwhile comes afterwards, as historical
await broker.stop()
await sleep(300)
for (let i = 1; i <= 5; i++) {
  const t = new Date()
  plant.nodes.power.setValueFromSource({ dataType: DataType.Double, value: 100 + i }, StatusCodes.Good, t)
  sent.push([t.getTime(), String(100 + i)])
  await sleep(200)
}
await broker.start()
ok(await until(async () => (await brain.metric('luoshu_sparkplug_metrics_total{is="historical"}')) >= 1, 20000),
  'what changed while the broker was away is published afterwards')
await sleep(500)

// the OPC UA server ends: the device dies
await plant.server.shutdown(100)
ok(await until(async () => (await brain.metric('luoshu_sparkplug_messages_total{is="death"}')) >= 1, 30000), 'the server is lost: DDEATH')
await sleep(300)
const end = await stop(p)
ok(end.code === 0, 'the connector ends well', JSON.stringify(end))
await sleep(500)
await brain.stop()
await broker.stop()

const rows = brain.readings().filter((r) => r[0] === 'spBv1.0/plant/gw/press')
const values = (field) => rows.filter((r) => r[1] === field).map((r) => r[3])
for (const [field, value] of [['cold', '-23'], ['big', '-7'], ['on', '1'], ['second', '2.5']])
  ok(values(field).includes(value), `${field} is ${value}`, values(field).join(' '))
const have = new Map(rows.filter((r) => r[1] === 'power').map((r) => [Number(r[2]), r[3]]))
const missing = sent.filter(([t, v]) => have.get(t) !== v)
ok(missing.length === 0, `all ${sent.length} changes are stored with the time of their source`, JSON.stringify(missing.slice(0, 4)))
ok(values('power').includes('absent') && !values('power').includes('99'), 'a bad value is no value')
ok(!rows.some((r) => r[1] === 'none'), 'a node that is not there is left out, and said')
await finish()
