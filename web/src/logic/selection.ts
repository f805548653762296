/* A choice of many from a list, by keyboard: single, from the last one to this one, all. */
export function toggled(chosen: ReadonlySet<number>, id: number): Set<number> {
  const s = new Set(chosen)
  if (!s.delete(id)) s.add(id)
  return s
}

/* From the anchor to id, both included, in the order of the list; all get the state that the anchor has. */
export function stretched(chosen: ReadonlySet<number>, list: readonly number[], anchor: number, id: number): Set<number> {
  const a = list.indexOf(anchor)
  const b = list.indexOf(id)
  if (a < 0 || b < 0) return toggled(chosen, id)
  const on = chosen.has(anchor)
  const s = new Set(chosen)
  for (const x of list.slice(Math.min(a, b), Math.max(a, b) + 1)) {
    if (on) s.add(x)
    else s.delete(x)
  }
  return s
}

/* What is no longer there is no longer chosen. */
export function kept(chosen: ReadonlySet<number>, list: readonly number[]): Set<number> {
  const there = new Set(list)
  return new Set([...chosen].filter((x) => there.has(x)))
}
