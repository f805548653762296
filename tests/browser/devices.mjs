/* Readings arrive while pages are open: figures move by themselves, and every one leads to the readings it is made of. */
import http from 'node:http'
import { ask, BASE, check, go, holds, open, same, settle, shot, violations } from './lib.mjs'

const TOKEN = process.env.TOKEN ?? ''
const ENERGY = '用电量(实测示例)'
const POWER = '用电负荷(实测示例)'
const e = encodeURIComponent

async function send(lines) {
  const answer = await fetch(`${BASE}/write?db=browser&precision=s`, { method: 'POST', headers: { Authorization: `Token ${TOKEN}` }, body: lines.join('\n') })
  if (answer.status !== 204) throw new Error(`write: ${answer.status} ${await answer.text()}`)
}
const minute = () => Math.floor(Date.now() / 60000) * 60

/* Hours of two plants, an hour of silence, one corrected reading, and channels nobody knows. */
async function history() {
  const now = minute()
  const lines = []
  for (let i = 300; i >= 1; i--) {
    const t = now - i * 60
    if (i > 60 && i < 120) continue
    lines.push(`meter,id=A1 kwh=${(1000 + (300 - i) * 1.25).toFixed(2)},kw=${75 + (i % 10)} ${t}`)
    lines.push(`meter,id=B1 kwh=${(5000 + (300 - i) * 0.5).toFixed(2)},kw=30 ${t}`)
    if (i > 200) lines.push(`meter,id=C1 kwh=${(200 + (300 - i) * 0.25).toFixed(2)} ${t}`)
  }
  for (let i = 0; i < 6; i++) lines.push(`unknown,id=U${i} kwh=${10 + i},temp=21.5 ${now - 60}`)
  await send(lines)
  await send([`meter,id=A1 kw=99.5 ${now - 1800}`])
}
/* Digits of the tile of an indicator. */
const tile = (page, name) => page.locator('[data-test=metered]', { has: page.getByRole('link', { name, exact: true }) })
const digits = async (page, name) => Number((await tile(page, name).locator('.digits').innerText()).replaceAll(',', ''))

/* Between browser and server: counts what is asked, and can be cut. */
async function wire(target) {
  const { hostname, port } = new URL(target)
  const open = new Set()
  const w = { cut: false, ids: [] }
  const server = http.createServer((rq, rs) => {
    if (w.cut) return void rq.socket.destroy()
    if (rq.url.startsWith('/api/v1/live')) w.ids.push(rq.headers['last-event-id'] ?? '')
    const on = http.request({ hostname, port, path: rq.url, method: rq.method, headers: { ...rq.headers, host: `${hostname}:${port}` } }, (answer) => {
      rs.writeHead(answer.statusCode, answer.headers)
      answer.pipe(rs)
    })
    on.on('error', () => rs.destroy())
    rs.on('close', () => on.destroy())
    rq.pipe(on)
  })
  server.on('connection', (s) => {
    open.add(s)
    s.on('close', () => open.delete(s))
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  w.url = `http://127.0.0.1:${server.address().port}`
  w.drop = () => {
    w.cut = true
    for (const s of open) s.destroy()
  }
  w.close = () => new Promise((done) => {
    for (const s of open) s.destroy()
    server.close(done)
  })
  return w
}

export async function devices(browser) {
  await history()
  const region = (await ask('/region?of=' + e('洛阳市'))).entity.id

  await check('a metered tile follows readings without reload, at most once a second', async () => {
    const page = await open(browser)
    await go(page, `/region/${region}`)
    await tile(page, ENERGY).waitFor()
    await page.evaluate(() => (window.sameDocument = true))
    const before = await digits(page, ENERGY)
    let asked = 0
    page.on('request', (r) => {
      const u = new URL(r.url())
      if (u.pathname.endsWith('/figure')) asked += 1
    })
    const begin = Date.now()
    const t = minute()
    for (let i = 1; i <= 20; i++) {
      await send([`meter,id=A1 kwh=${(2000 + i).toFixed(2)} ${t - 59 + i}`])
      await page.waitForTimeout(150)
    }
    await page.waitForFunction(([name, was]) => {
      const cell = [...document.querySelectorAll('[data-test=metered]')].find((c) => c.querySelector('h3 a').textContent.trim() === name)
      return Number(cell.querySelector('.digits').textContent.replaceAll(',', '')) > was
    }, [ENERGY, before])
    await page.waitForTimeout(1500)
    const seconds = (Date.now() - begin) / 1000
    holds(asked >= 2 && asked <= seconds + 2, `${asked} figures asked in ${seconds} seconds`)
    const truth = (await ask(`/figure?indicator=${e(ENERGY)}&of=${e('#' + region)}`)).rows.find((r) => r.modality === 'metered')
    same(await digits(page, ENERGY), Number(truth.value), 'tile after the readings')
    same(await page.evaluate(() => window.sameDocument), true, 'no reload')
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('after a broken connection the stream goes on where it was', async () => {
    const w = await wire(BASE)
    const page = await open(browser)
    await page.goto(`${w.url}/region/${region}`)
    await settle(page)
    await tile(page, ENERGY).waitFor()
    await page.waitForTimeout(1000)
    await send([`meter,id=A1 kwh=2500 ${minute() - 20}`]) /* an event, so that there is an id */
    await page.waitForTimeout(1500)
    const before = await digits(page, ENERGY)
    w.drop()
    await send([`meter,id=A1 kwh=3000 ${minute() - 10}`])
    await page.waitForTimeout(1000)
    same(await digits(page, ENERGY), before, 'nothing is known while it is cut')
    w.cut = false
    await page.waitForFunction(([name, was]) => {
      const cell = [...document.querySelectorAll('[data-test=metered]')].find((c) => c.querySelector('h3 a').textContent.trim() === name)
      return Number(cell.querySelector('.digits').textContent.replaceAll(',', '')) >= was + 500
    }, [ENERGY, before])
    holds(w.ids.length >= 2 && /^\d+$/.test(w.ids.at(-1)), `ids of the stream: ${w.ids}`)
    await page.context().close()
    await w.close()
  })

  await check('from a tile to parts, enterprise, device and the readings of a point', async () => {
    const page = await open(browser)
    await go(page, `/region/${region}`)
    await tile(page, ENERGY).locator('.value a').click()
    await page.waitForURL(/\/figure\?/)
    await settle(page)
    const parts = page.locator('[data-test=parts]')
    same(await parts.locator('[data-test=sum] .ok').count(), 1, 'parts and remainder are the whole')
    holds((await page.locator('main').innerText()).includes('实测'), 'says that it is metered')
    await parts.getByRole('link', { name: '涧西区', exact: true }).click()
    await page.waitForFunction(() => document.querySelector('[data-test=parts] .whole')?.textContent.includes('涧西区'))
    await settle(page)
    await parts.getByRole('link', { name: '示例一厂', exact: true }).click()
    await page.waitForFunction(() => document.querySelector('.crumbs')?.textContent.includes('示例一厂'))
    await page.locator('[data-test=metered-devices]').getByRole('link', { name: '一厂总表' }).click()
    await page.waitForURL(/\/device\/\d+/)
    await settle(page)
    await page.locator('[data-test=points]').getByRole('link', { name: 'kwh', exact: true }).click()
    await page.waitForURL(/\/point\/\d+/)
    await settle(page)
    await page.locator('[data-test=values]').waitFor()
    holds((await page.locator('[data-test=values]').innerText()).includes('3,000.00'), 'the reading itself')
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('devices: states in words, points connected by district, search', async () => {
    const page = await open(browser)
    await go(page, `/devices?of=${e('#' + region)}`)
    const table = page.locator('[data-test=devices]')
    const text = await table.innerText()
    for (const word of ['一厂总表', '在线', '迟报', '从未上报', '示例二厂']) holds(text.includes(word), `'${word}' is missing: ${text}`)
    const truth = (await ask(`/connections?of=${e('#' + region)}`)).rows[0]
    same(await page.locator('[data-test=connected]').innerText(), `接入 ${truth.connected} 台次，活跃 ${truth.active} 台次，共 ${truth.points} 个测点`, 'counts')
    await page.getByRole('button', { name: /从未上报/ }).click()
    same(await table.locator('tbody tr').count(), 2, 'never heard')
    await page.getByRole('button', { name: /全部状态/ }).click()
    await page.getByLabel('按设备名称或类型查找').fill('二厂')
    await page.waitForFunction(() => document.querySelectorAll('[data-test=devices] tbody tr').length === 1)
    same(await page.locator('.map svg path').count() > 10, true, 'the districts are drawn')
    await page.locator('table', { hasText: '活跃' }).getByRole('link', { name: '涧西区' }).click()
    await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('涧西区'))
    await page.context().close()
  })

  const point = (await ask(`/points?q=${e('meter,id=A1')}`)).points.find((p) => p.field === 'kw')
  await check('a point: zoom asks again, gaps and corrections are told, new readings appear', async () => {
    const page = await open(browser)
    await go(page, `/point/${point.id}`)
    holds((await page.locator('[data-test=corrected]').innerText()).includes('99.5'), 'corrected')
    holds((await page.locator('[data-test=absences]').innerText()).includes('没有上报'), 'silence')
    const asked = page.waitForRequest((r) => r.url().includes('/readings?') && r.url().includes('width='))
    await page.getByRole('button', { name: '放大' }).click()
    const u = new URL((await asked).url())
    const span = Number(u.searchParams.get('to')) - Number(u.searchParams.get('from'))
    holds(Math.abs(span - 43200e3) <= 1, `asked for ${span} ms`)
    holds(Number(u.searchParams.get('width')) >= 800, 'as wide as the chart')
    await page.getByRole('button', { name: '整段' }).click()
    await settle(page)
    await send([`meter,id=A1 kw=123.4 ${minute()}`])
    await page.waitForFunction(() => document.querySelector('[data-test=newest]').textContent.includes('123.4'))
    await page.waitForFunction(() => document.querySelector('[data-test=values]').textContent.includes('123.4'))
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('unbound channels: chosen by keyboard, bound at once, counted again; errors row by row', async () => {
    const page = await open(browser)
    await go(page, '/quarantine')
    const waiting = (await ask('/points?unbound=1&limit=1')).unbound
    same(await page.locator('[data-test=waiting]').innerText(), `${waiting} 个通道待绑定`, 'count')
    await page.getByPlaceholder('按通道名查找').fill('unknown')
    await page.waitForURL(/q=unknown/)
    await settle(page)
    await page.waitForFunction(() => document.querySelectorAll('[data-test=channels] tbody tr').length === 12)
    const energy = page.locator('[data-test=channels] tbody tr', { hasText: 'kwh' })
    await page.locator('[data-test=channels] tbody input').first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    same(await page.locator('[data-test=selected]').innerText(), '已选 4 个', 'with the keyboard')
    await page.keyboard.press('Control+a')
    same(await page.locator('[data-test=selected]').innerText(), '已选 12 个', 'all')
    await page.getByRole('button', { name: '清除选择' }).click()
    for (let i = 0; i < 3; i++) await energy.nth(i).locator('input').check()

    await page.getByRole('combobox', { name: '主体', exact: true }).fill('示例三')
    await page.getByRole('option', { name: /示例三厂/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: '类型' }).selectOption('示例电表')
    await page.getByLabel('写入令牌').fill(TOKEN)
    /* someone else's list is older than the server: its second row names a point that is not there */
    await page.route('**/api/v1/bind?*', (r) => {
      const rows = r.request().postData().split('\n')
      rows[2] = rows[2].replace(/^\d+/, '99999999')
      return r.continue({ postData: rows.join('\n') })
    }, { times: 1 })
    await page.getByRole('button', { name: /绑定所选/ }).click()
    const result = page.locator('[data-test=result]')
    await result.waitFor()
    const refused = await result.innerText()
    holds(refused.includes('没有绑定：1 行有错') && refused.includes('第 3 行'), refused)
    same(await page.locator('[data-test=waiting]').innerText(), `${waiting} 个通道待绑定`, 'nothing was bound')
    page.faults.length = 0 /* the refusal is in the console */
    await page.getByRole('button', { name: /绑定所选/ }).click()
    await page.waitForFunction(() => document.querySelector('[data-test=result]')?.textContent.includes('已绑定 3 个通道'))
    await page.waitForFunction((n) => document.querySelector('[data-test=waiting]').textContent.startsWith(`${n} `), waiting - 3)
    same((await ask('/points?unbound=1&limit=1')).unbound, waiting - 3, 'the server knows')
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('the point says a value to who cannot see the line', async () => {
    const page = await open(browser, { locale: 'en' })
    await go(page, `/point/${point.id}`)
    same(await page.locator('.chart').getAttribute('aria-label'), 'Line of the readings of this point; the data are in the table below', 'name of the chart')
    holds((await page.locator('[data-test=values] tbody tr').count()) > 50, 'rows of text')
    await page.context().close()
  })

  const device = (await ask('/devices?q=' + e('一厂总表'))).devices[0].id
  const all = [
    ['metered-region', `/region/${region}`],
    ['metered-figure', `/figure?indicator=${e(POWER)}&of=${e('#' + region)}&by=${e('行政区划')}`],
    ['metered-enterprise', `/figure?indicator=${e(ENERGY)}&of=${e('示例一厂')}`],
    ['devices', `/devices?of=${e('#' + region)}`],
    ['device', `/device/${device}`],
    ['point', `/point/${point.id}`],
    ['quarantine', '/quarantine'],
  ]
  for (const [locale, theme, width] of [['zh', 'light', 1440], ['zh', 'dark', 1440], ['en', 'light', 1440], ['en', 'dark', 1440], ['zh', 'light', 390], ['en', 'dark', 390]]) {
    const page = await open(browser, { locale, theme, width })
    for (const [name, address] of all)
      await check(`${name} ${locale} ${theme} at ${width} pixels: axe finds nothing, no sideways scrolling`, async () => {
        page.faults.length = 0
        await go(page, address)
        await shot(page, `${name}-${locale}-${theme}-${width}`)
        same((await violations(page)).join('\n'), '', 'violations')
        same(page.faults.join('; '), '', 'console')
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        holds(wide <= 0, `${wide} pixels too wide`)
      })
    await page.context().close()
  }
}
