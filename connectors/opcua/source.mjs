// source.mjs - one OPC UA server: a session, its items read once, then subscribed.
import { AttributeIds, DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy,
  TimestampsToReturn, UserTokenType, ClientSubscription, ClientMonitoredItemGroup, DataChangeFilter, DataChangeTrigger,
  DeadbandType } from 'node-opcua'
import Long from 'long'
import { join } from 'node:path'

// OPC UA Part 6, 5.1.2 to Sparkplug 3.0, 6.4.16
const TYPES = { Boolean: 'Boolean', SByte: 'Int8', Byte: 'UInt8', Int16: 'Int16', UInt16: 'UInt16', Int32: 'Int32',
  UInt32: 'UInt32', Int64: 'Int64', UInt64: 'UInt64', Float: 'Float', Double: 'Double', String: 'String', DateTime: 'DateTime' }
const BAD = 0, UNCERTAIN = 64 // quality of OPC; good is left out

function scalar(type, value) {
  if (type === 'Int64' || type === 'UInt64') return new Long(value[1], value[0], type === 'UInt64') // [high, low]
  if (type === 'DateTime') return value.getTime()
  return value
}

// A metric of an item; null with a bad status. type: of the birth, when the value itself has none.
export function metricOf(item, dataValue, type) {
  const time = dataValue.sourceTimestamp ?? dataValue.serverTimestamp ?? new Date()
  const metric = { name: item.name, type, timestamp: time.getTime(), value: null }
  const code = dataValue.statusCode?.value ?? 0
  const variant = dataValue.value
  const severity = code >>> 30 // Part 4, 7.39: 0 good, 1 uncertain, 2 bad
  let value = variant?.value
  if (item.index !== undefined && value !== null && value !== undefined && value.length !== undefined) value = value[0]
  if (severity < 2 && value !== null && value !== undefined) metric.value = scalar(type, value)
  if (severity) metric.properties = { Quality: { type: 'Int32', value: severity === 1 ? UNCERTAIN : BAD } }
  return metric
}

export class Source {
  constructor(config, node, pki, log) {
    Object.assign(this, { config, node, pki, log, types: new Map(), ends: false })
  }

  async start() {
    while (!this.ends) {
      try {
        await this.run()
      } catch (e) {
        this.log('opcua.error', { device: this.config.device, why: e.message || String(e.stack).split('\n').slice(0, 3).join(' ') })
      }
      this.node.deviceDeath(this.config.device)
      await this.close()
      if (!this.ends) await new Promise((r) => setTimeout(r, 2000))
    }
  }

  items() {
    return this.config.items.map((i) => ({ nodeId: i.node, attributeId: AttributeIds.Value,
      ...(i.index === undefined ? {} : { indexRange: String(i.index) }) }))
  }

  // One session from its beginning to its end.
  async run() {
    const security = this.config.security ?? {}
    const certificates = new OPCUACertificateManager({ rootFolder: join(this.pki),
      automaticallyAcceptUnknownCertificate: security.accept_unknown === true })
    await certificates.initialize()
    this.client = OPCUAClient.create({ applicationName: 'Luoshu OPC UA connector', endpointMustExist: false,
      securityPolicy: SecurityPolicy[security.policy ?? 'None'], securityMode: MessageSecurityMode[security.mode ?? 'None'],
      clientCertificateManager: certificates, keepSessionAlive: true,
      connectionStrategy: { initialDelay: 500, maxDelay: 5000, maxRetry: 2 } })
    const lost = new Promise((r) => {
      this.client.on('connection_lost', r)
      this.client.on('close', r)
      this.leave = r
    })
    await this.client.connect(this.config.endpoint)
    this.session = await this.client.createSession(this.config.user
      ? { type: UserTokenType.UserName, userName: this.config.user, password: process.env.LUOSHU_OPCUA_PASSWORD ?? '' } : undefined)
    await this.birth()
    await this.subscribe()
    this.log('opcua.connected', { device: this.config.device, items: this.config.items.length })
    await lost
    if (!this.ends) this.log('opcua.lost', { device: this.config.device })
  }

  // What each item is now, and of which type; an item that cannot be is said and left out.
  async birth() {
    const values = await this.session.read(this.items(), 0)
    const metrics = []
    this.types.clear()
    values.forEach((v, k) => {
      const item = this.config.items[k]
      const type = TYPES[DataType[v.value?.dataType ?? 0]]
      const array = v.value && v.value.arrayType && item.index === undefined
      if (!type || array) {
        this.log('opcua.item', { device: this.config.device, node: item.node, why: array
          ? "it is an array: name one element with 'index'" : `${v.statusCode.name}, type ${DataType[v.value?.dataType ?? 0]}` })
        return
      }
      this.types.set(k, type)
      metrics.push(metricOf(item, v, type))
    })
    this.node.deviceBirth(this.config.device, metrics)
  }

  async subscribe() {
    const publishing = this.config.publishing_ms ?? 500
    this.subscription = ClientSubscription.create(this.session, { requestedPublishingInterval: publishing,
      requestedLifetimeCount: 600, requestedMaxKeepAliveCount: 10, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 })
    const groups = new Map() // of equal parameters
    this.config.items.forEach((item, k) => {
      if (!this.types.has(k)) return
      const key = JSON.stringify([item.sampling_ms ?? this.config.sampling_ms ?? 1000, item.deadband ?? 0])
      groups.set(key, [...(groups.get(key) ?? []), k])
    })
    const all = this.items()
    for (const [key, indices] of groups) {
      const [sampling, deadband] = JSON.parse(key)
      const filter = new DataChangeFilter({ trigger: DataChangeTrigger.StatusValue,
        deadbandType: deadband ? DeadbandType.Absolute : DeadbandType.None, deadbandValue: deadband })
      const group = ClientMonitoredItemGroup.create(this.subscription, indices.map((k) => all[k]),
        { samplingInterval: sampling, queueSize: 1000, discardOldest: true, filter }, TimestampsToReturn.Both)
      group.on('changed', (_, value, at) => {
        const k = indices[at]
        this.node.deviceData(this.config.device, [metricOf(this.config.items[k], value, this.types.get(k))])
      })
    }
  }

  async close() {
    try {
      await this.subscription?.terminate()
    } catch { /* it is gone with the connection */ }
    try {
      await this.session?.close()
    } catch { /* the same */ }
    try {
      await this.client?.disconnect()
    } catch { /* the same */ }
    this.subscription = this.session = this.client = undefined
  }

  async stop() {
    this.ends = true
    this.leave?.()
    await this.close()
  }
}
