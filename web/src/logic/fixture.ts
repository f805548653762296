/* Rows for tests. */
import type { Row } from '../api/client'

export function row(r: Partial<Row> = {}): Row {
  return {
    role: 'own', entity: { id: 1, name: '洛阳市' }, indicator: { id: 1, name: '规上工业利润' }, series: 1,
    kind: 'level', comparison: '', modality: 'actual', period: '2024',
    period_label: { zh: `${r.period ?? '2024'}年`, en: r.period ?? '2024' },
    state: 'value', value: '1', value_hi: null, unit: '亿元', qualifier: 'eq', low: null, high: null,
    fact: 1, revisions: 1, published: null, recorded: null, have: 0, of: 0, reason: '', formula: '', places: [],
    ...r,
  }
}
