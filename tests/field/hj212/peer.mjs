// peer.mjs - stations of HJ 212 written apart from the program: own sum, own frames. Four stations send hour data, each
// message again until it is answered by 9014 with its QN; connections that break are made anew (the server is killed
// meanwhile). PORT; ANSWERED: file for what was answered, series,field,time_ms,value; SENT: the same of all that was sent;
// MESSAGES a station; DATA: gas-turbine emissions (rows of CSV without header), else values are made up.
import net from 'node:net'
import fs from 'node:fs'

const port = Number(process.env.PORT), messages = Number(process.env.MESSAGES ?? 300)
let rows = []
try {
  rows = fs.readFileSync(process.env.DATA, 'utf8').trim().split('\n').map((l) => l.split(','))
} catch {
  console.log('# ../shared/data/emission-gasturbine is not there: values are made up')
}

// HJ 212-2017 Appendix A
function sum(text) {
  let reg = 0xffff
  for (const byte of Buffer.from(text)) {
    reg = (reg >> 8) ^ byte
    for (let bit = 0; bit < 8; bit++) reg = reg & 1 ? (reg >> 1) ^ 0xa001 : reg >> 1
  }
  return reg.toString(16).toUpperCase().padStart(4, '0')
}
const frame = (data) => `##${String(Buffer.byteLength(data)).padStart(4, '0')}${data}${sum(data)}\r\n`
const local = (ms) => new Date(ms + 8 * 3600e3).toISOString().replace(/[-:T.Z]/g, '')
const plain = (text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

const six = (text) => Number(text).toFixed(6) // as many decimals as a channel keeps before it is bound

const answered = [], sent = []
function message(station, i) {
  const time = Date.UTC(2026, 0, 1) - 8 * 3600e3 + i * 3600e3
  const r = rows.length ? rows[(station * 1000 + i) % rows.length] : null
  const values = {
    'a21002-Avg': r ? six(r[10]) : (60 + ((i * 7 + station) % 1000) / 100).toFixed(2),
    'a21005-Avg': r ? six(r[9]) : (2 + (i % 100) / 1000).toFixed(3),
    'a00000-Cou': String(100000 + i * 10 + station),
  }
  const qn = local(time + station).slice(0, 17), mn = `TESTSTATION00${station}`
  const cp = Object.entries(values).map(([k, v]) => `${k}=${v},${k.split('-')[0]}-Flag=N`).join(';')
  const data = `QN=${qn};ST=31;CN=2061;PW=123456;MN=${mn};Flag=5;CP=&&DataTime=${local(time).slice(0, 14)};${cp}&&`
  const lines = Object.entries(values).map(([k, v]) => `hj212/${mn}/hour,${k},${time},${plain(v)}`)
  return { qn, bytes: frame(data), lines }
}

async function station(no) {
  for (let i = 0; i < messages; ) {
    await new Promise((done) => {
      const s = net.connect(port, '127.0.0.1')
      let text = '', timer
      const over = () => { clearTimeout(timer); s.destroy(); setTimeout(done, 100) }
      const next = () => {
        if (i >= messages) return over()
        const m = message(no, i)
        sent.push(...m.lines)
        // now and then with noise before it, or in two pieces
        if (i % 17 === 3) s.write('#noise\r\n')
        if (i % 5 === 1) { s.write(m.bytes.slice(0, 60)); setTimeout(() => s.write(m.bytes.slice(60)), 2) } else s.write(m.bytes)
        clearTimeout(timer)
        timer = setTimeout(over, 5000)
      }
      s.on('connect', next)
      s.on('error', over)
      s.on('close', over)
      s.on('data', (d) => {
        text += d
        let m
        while ((m = /##(\d{4})(.*?)([0-9A-Fa-f]{4})\r\n/s.exec(text))) {
          text = text.slice(m.index + m[0].length)
          if (sum(m[2]) !== m[3].toUpperCase()) throw new Error('an answer with a wrong sum')
          const want = message(no, i)
          if (m[2].includes(`QN=${want.qn};`) && m[2].includes('CN=9014;')) {
            answered.push(...want.lines)
            fs.appendFileSync(process.env.ANSWERED, want.lines.join('\n') + '\n')
            i++
            next()
          }
        }
      })
    })
  }
}
fs.writeFileSync(process.env.ANSWERED, '')
await Promise.all([0, 1, 2, 3].map(station))
fs.writeFileSync(process.env.SENT, [...new Set(sent)].join('\n') + '\n')
console.log(`# ${answered.length} readings answered, sent ${sent.length} times`)
