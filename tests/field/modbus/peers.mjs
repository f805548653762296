// peers.mjs - Modbus servers of others: modbus-serial's ServerTCP, jsmodbus's server, and an RTU-over-TCP gateway before the
// former (sums by npm crc). Prints "serial PORT", "js PORT", "rtu PORT"; a line "drop" on stdin ends the jsmodbus one.
import net from 'node:net'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { ServerTCP } = require('modbus-serial')
const jsmodbus = require('jsmodbus')
const { crc16modbus } = require('crc')

// holding registers: 0 u16, 1..2 f32 123.45 ABCD, 3..4 f32 CDAB, 5..8 f64 -0.1, 9 s16 -123, 10..11 u32 DCBA, 12 no value, 200.. a ramp
const image = Buffer.alloc(65536 * 2)
image.writeUInt16BE(4660, 0)
image.writeFloatBE(123.45, 2)
const f = Buffer.alloc(4)
f.writeFloatBE(123.45)
image.set([f[2], f[3], f[0], f[1]], 6)
image.writeDoubleBE(-0.1, 10)
image.writeInt16BE(-123, 18)
image.writeUInt32LE(305419896, 20)
image.writeUInt16BE(0xffff, 24)
for (let i = 0; i < 300; i++) image.writeUInt16BE(1000 + i, (200 + i) * 2)

const free = () => new Promise((done) => { const s = net.createServer().listen(0, '127.0.0.1', () => { const p = s.address().port; s.close(() => done(p)) }) })

let largest = 0
const serialPort = await free()
const vector = {
  getHoldingRegister: (a) => image.readUInt16BE(a * 2),
  getMultipleHoldingRegisters: (a, n) => { largest = Math.max(largest, n); return Array.from({ length: n }, (_, i) => image.readUInt16BE((a + i) * 2)) },
  getInputRegister: (a) => 7000 + a,
  getCoil: (a) => a % 3 === 0,
  getDiscreteInput: (a) => a % 2 === 1,
}
const serial = new ServerTCP(vector, { host: '127.0.0.1', port: serialPort, unitID: 255 })
await new Promise((done) => serial.on('initialized', done))

const js = net.createServer()
new jsmodbus.server.TCP(js, { holding: image, input: image, coils: Buffer.from([0b101]), discrete: Buffer.from([0b010]) })
await new Promise((done) => js.listen(0, '127.0.0.1', done))
const sockets = new Set()
js.on('connection', (s) => { sockets.add(s); s.on('close', () => sockets.delete(s)); s.on('error', () => {}) })

// RTU over TCP: the frame without its sum goes on to ServerTCP with an MBAP header, and back
const rtu = net.createServer((s) => {
  const up = net.connect(serialPort, '127.0.0.1')
  let tid = 0
  s.on('data', (d) => {
    const body = d.subarray(0, d.length - 2)
    if (crc16modbus(body) !== d.readUInt16LE(d.length - 2)) return
    const head = Buffer.alloc(6)
    head.writeUInt16BE(++tid & 0xffff, 0)
    head.writeUInt16BE(body.length, 4)
    up.write(Buffer.concat([head, body]))
  })
  up.on('data', (d) => {
    const body = d.subarray(6), sum = Buffer.alloc(2)
    sum.writeUInt16LE(crc16modbus(body))
    s.write(body)
    setTimeout(() => s.write(sum), 3)
  })
  for (const x of [s, up]) { x.on('error', () => {}); x.on('close', () => { s.destroy(); up.destroy() }) }
})
await new Promise((done) => rtu.listen(0, '127.0.0.1', done))

console.log(`serial ${serialPort}\njs ${js.address().port}\nrtu ${rtu.address().port}\nready`)
process.stdin.on('data', (d) => {
  if (String(d).includes('drop')) { js.close(); for (const s of sockets) s.destroy() }
  if (String(d).includes('largest')) console.log(`largest ${largest}`)
})
process.stdin.on('end', () => process.exit(0))
