import { describe, expect, it } from 'vitest'
import { byFamily, familyOf, FAMILY_ORDER } from './families'

describe('families', () => {
  const rows: [string, string][] = [
    ['规上工业利润', 'output'],
    ['规上工业增加值增速', 'output'],
    ['工业占GDP比重', 'output'],
    ['国家级专精特新小巨人企业数', 'enterprises'],
    ['营收超百亿元企业营收增速', 'enterprises'],
    ['优势产业链规模', 'chains'],
    ['千亿级产业集群数', 'chains'],
    ['配套产业链项目数', 'projects'],
    ['重点工业项目完成投资', 'projects'],
    ['数字化转型指数', 'digital'],
    ['5G基站数', 'digital'],
    ['省级以上绿色工厂(园区)数', 'green'],
    ['研发项目数', 'innovation'],
    ['连续获国务院督查激励年数', 'other'],
  ]
  it.each(rows)('%s is %s', (name, id) => expect(familyOf(name)).toBe(id))

  it('keeps every figure once, in the order of the page', () => {
    const names = rows.map((r) => r[0])
    const groups = byFamily(names, (n) => n)
    expect(groups.flatMap((g) => g.items).sort()).toEqual([...names].sort())
    const order = groups.map((g) => FAMILY_ORDER.indexOf(g.id))
    expect(order).toEqual([...order].sort((a, b) => a - b))
  })
})
