// edge.mjs - a Sparkplug B 3.0 edge node: births, data, deaths, rebirth; over MQTT 5.0.
import mqtt from 'mqtt'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const { encodePayload, decodePayload } = createRequire(import.meta.url)('sparkplug-payload').get('spBv1.0')

export class EdgeNode {
  constructor(config, log) {
    this.config = config
    this.log = log
    this.devices = new Map() // name -> metrics of its birth, by name; absent: not born
    this.kept = [] // changes while the broker is away
    this.keptMax = config.buffer ?? 100000
    this.dropped = 0
    this.bdSeq = -1
    this.seq = 0
  }

  topic(word, device) {
    return `spBv1.0/${this.config.group}/${word}/${this.config.node}${device ? `/${device}` : ''}`
  }

  death() {
    return encodePayload({ timestamp: Date.now(), metrics: [{ name: 'bdSeq', type: 'Int64', value: this.bdSeq }] })
  }

  start() {
    const options = { protocolVersion: 5, clean: true, clientId: `opcua-${this.config.group}-${this.config.node}`,
      keepalive: 15, reconnectPeriod: 1000, queueQoSZero: false, resubscribe: false }
    if (process.env.LUOSHU_MQTT_PASSWORD) options.password = process.env.LUOSHU_MQTT_PASSWORD
    if (this.config.ca) options.ca = readFileSync(this.config.ca)
    // bdSeq goes up with every CONNECT; will and birth carry the same (5.4, 6.4.20)
    const will = () => {
      this.bdSeq = (this.bdSeq + 1) % 256
      return { topic: this.topic('NDEATH'), payload: Buffer.from(this.death()), qos: 1, retain: false }
    }
    this.client = mqtt.connect(this.config.broker, { ...options, will: will() })
    this.client.on('reconnect', () => { this.client.options.will = will() })
    this.client.on('connect', () => this.connected())
    this.client.on('close', () => { this.born = false })
    this.client.on('error', (e) => this.log('mqtt.error', { why: e.message }))
    this.client.on('message', (topic, payload) => this.command(topic, payload))
  }

  connected() {
    this.log('mqtt.connected', { bdSeq: this.bdSeq })
    const topics = [this.topic('NCMD')]
    if (this.config.primary_host) topics.push(this.stateTopic())
    this.client.subscribe(topics, { qos: 1 }, () => {
      if (!this.config.primary_host) this.enter()
    })
  }

  stateTopic() {
    return `spBv1.0/STATE/${this.config.primary_host}`
  }

  // Births, then what was kept: the host is there.
  enter() {
    this.birth()
    const kept = this.kept.splice(0)
    if (kept.length || this.dropped) this.log('mqtt.kept', { published: kept.length, dropped: this.dropped })
    this.dropped = 0
    for (const [device, metrics] of kept)
      if (this.devices.has(device)) this.send('DDATA', device, metrics.map((m) => ({ ...m, isHistorical: true })))
  }

  // With a primary host nothing is published but while it is online; an older word of it is not believed
  // (3.0, 5.4 Primary Host Application). When it goes, the node says its death and connects anew.
  state(payload) {
    const { online, timestamp } = JSON.parse(payload)
    if (typeof online !== 'boolean' || timestamp < (this.stateTime ?? 0)) return
    this.stateTime = timestamp
    if (online && !this.born) this.enter()
    if (online || !this.born) return
    this.log('mqtt.host', { online })
    this.born = false
    this.client.publish(this.topic('NDEATH'), Buffer.from(this.death()), { qos: 0 }, () =>
      this.client.end(false, () => this.client.reconnect()))
  }

  command(topic, payload) {
    try {
      if (topic === this.stateTopic()) return this.state(payload.toString())
      const wants = decodePayload(payload).metrics?.some((m) => m.name === 'Node Control/Rebirth' && m.value)
      if (wants && this.born) this.birth()
    } catch (e) {
      this.log('mqtt.command', { topic, why: e.message })
    }
  }

  send(word, device, metrics) {
    const payload = { timestamp: Date.now(), metrics }
    if (word === 'NBIRTH') this.seq = 0
    payload.seq = this.seq
    this.seq = (this.seq + 1) % 256
    this.client.publish(this.topic(word, device), Buffer.from(encodePayload(payload)), { qos: 0 })
  }

  birth() {
    this.born = true
    this.send('NBIRTH', undefined, [
      { name: 'bdSeq', type: 'Int64', value: this.bdSeq },
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false }])
    for (const [device, metrics] of this.devices) this.send('DBIRTH', device, [...metrics.values()])
  }

  // metrics: of all items; from now on the device is alive
  deviceBirth(device, metrics) {
    this.devices.set(device, new Map(metrics.map((m) => [m.name, m])))
    if (this.born) this.send('DBIRTH', device, metrics)
  }

  deviceDeath(device) {
    if (!this.devices.delete(device)) return
    if (this.born) this.send('DDEATH', device, [])
  }

  deviceData(device, metrics) {
    const known = this.devices.get(device)
    if (!known) return
    for (const m of metrics) known.set(m.name, m) // a rebirth tells the present value
    if (this.born) {
      this.send('DDATA', device, metrics)
    } else if (this.kept.length < this.keptMax) {
      this.kept.push([device, metrics])
    } else {
      this.dropped++
    }
  }

  async stop() {
    if (this.born) await new Promise((r) => this.client.publish(this.topic('NDEATH'), Buffer.from(this.death()), { qos: 0 }, r))
    await this.client.endAsync()
  }
}
