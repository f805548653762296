// config.mjs - the configuration: what it may say, and a clear word about what is wrong with it.
const POLICIES = ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss']
const MODES = ['None', 'Sign', 'SignAndEncrypt']
const ID = /^[^/+#\0]+$/

function need(condition, text) {
  if (!condition) throw new Error(text)
}
function known(object, names, where) {
  for (const key of Object.keys(object)) need(names.includes(key), `${where}: unknown member '${key}'; it may be ${names.join(', ')}`)
}

function item(i, where, seen) {
  known(i, ['node', 'name', 'index', 'deadband', 'sampling_ms'], where)
  need(typeof i.node === 'string' && /^(ns=\d+;)?[isgb]=.+/.test(i.node), `${where}: 'node' must be a node id such as ns=2;s=Temp`)
  need(typeof i.name === 'string' && i.name.length > 0, `${where}: 'name' of the metric is missing`)
  need(!seen.has(i.name), `${where}: the name '${i.name}' is there twice`)
  seen.add(i.name)
  need(i.index === undefined || (Number.isInteger(i.index) && i.index >= 0), `${where}: 'index' must be 0 or more`)
  need(i.deadband === undefined || i.deadband > 0, `${where}: 'deadband' must be above 0`)
}

function server(s, n, devices) {
  const where = `server ${n + 1}`
  known(s, ['endpoint', 'device', 'security', 'user', 'sampling_ms', 'publishing_ms', 'items'], where)
  need(/^opc\.tcp:\/\/.+/.test(s.endpoint ?? ''), `${where}: 'endpoint' must be opc.tcp://HOST:PORT/…`)
  need(typeof s.device === 'string' && ID.test(s.device), `${where}: 'device' must be a Sparkplug id without / + #`)
  need(!devices.has(s.device), `${where}: the device '${s.device}' is there twice`)
  devices.add(s.device)
  const security = s.security ?? {}
  known(security, ['policy', 'mode', 'accept_unknown'], `${where}, security`)
  need(POLICIES.includes(security.policy ?? 'None'), `${where}: 'policy' may be ${POLICIES.join(', ')}`)
  need(MODES.includes(security.mode ?? 'None'), `${where}: 'mode' may be ${MODES.join(', ')}`)
  need(Array.isArray(s.items) && s.items.length > 0, `${where}: 'items' is empty`)
  const seen = new Set()
  s.items.forEach((i, k) => item(i, `${where}, item ${k + 1}`, seen))
}

export function checkConfig(c) {
  need(c && typeof c === 'object', 'it must be an object')
  known(c, ['broker', 'ca', 'group', 'node', 'primary_host', 'buffer', 'pki', 'servers'], 'configuration')
  need(/^mqtts?:\/\/.+/.test(c.broker ?? ''), "'broker' must be mqtt://HOST:PORT or mqtts://HOST:PORT")
  for (const key of ['group', 'node']) need(typeof c[key] === 'string' && ID.test(c[key]), `'${key}' must be a Sparkplug id without / + #`)
  need(c.primary_host === undefined || (typeof c.primary_host === 'string' && ID.test(c.primary_host)), "'primary_host' must be a Sparkplug id without / + #")
  need(Array.isArray(c.servers) && c.servers.length > 0, "'servers' is empty")
  const devices = new Set()
  c.servers.forEach((s, n) => server(s, n, devices))
  return c
}
