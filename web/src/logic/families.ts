/* Which family of the region page an indicator belongs to: a table of words, no branches. */
import table from '../catalog/families.json'

export type FamilyId =
  | 'output' | 'enterprises' | 'chains' | 'projects' | 'digital' | 'green' | 'innovation' | 'other'

interface Family {
  id: FamilyId
  show: number
  words: string[]
}

const FAMILIES = table.families as Family[]

export const FAMILY_ORDER: readonly FamilyId[] = [...FAMILIES].sort((a, b) => a.show - b.show).map((f) => f.id)

export function familyOf(indicator: string): FamilyId {
  return FAMILIES.find((f) => f.words.some((w) => indicator.includes(w)))?.id ?? 'other'
}

/* In the order of the page, families without a figure left out, the order within a family kept. */
export function byFamily<T>(items: readonly T[], name: (item: T) => string): { id: FamilyId; items: T[] }[] {
  const found = new Map<FamilyId, T[]>()
  for (const item of items) {
    const id = familyOf(name(item))
    const list = found.get(id)
    if (list) list.push(item)
    else found.set(id, [item])
  }
  return FAMILY_ORDER.flatMap((id) => {
    const list = found.get(id)
    return list ? [{ id, items: list }] : []
  })
}
