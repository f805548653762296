/* Where the reader is: the day of knowledge in the URL, and links that keep it. */
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw, type LocationQueryValue, type RouteLocationRaw } from 'vue-router'

export function one(v: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return (Array.isArray(v) ? v[0] : v) ?? ''
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

export function useAsOf() {
  const route = useRoute()
  const router = useRouter()
  const asOf = computed(() => {
    const v = one(route.query['as_of'])
    return DAY.test(v) ? v : ''
  })
  function setAsOf(day: string): void {
    const { as_of: _, ...rest } = route.query
    void router.push({ path: route.path, query: day ? { ...rest, as_of: day } : rest, hash: route.hash })
  }
  return { asOf, setAsOf }
}

export interface FigureLink {
  indicator: string
  of?: string | undefined
  by?: string | undefined
  period?: string | undefined
  kind?: string | undefined
}

/* Names and ids of entities and indicators: '#12' is an id. */
export function idText(id: number): string {
  return `#${id}`
}

export function useLinks() {
  const { asOf } = useAsOf()
  function keep(query: Record<string, string | undefined>): LocationQueryRaw {
    const out: LocationQueryRaw = {}
    for (const [k, v] of Object.entries(query)) if (v) out[k] = v
    if (asOf.value) out['as_of'] = asOf.value
    return out
  }
  return {
    page: (name: string): RouteLocationRaw => ({ name, query: keep({}) }),
    region: (id?: number): RouteLocationRaw => ({
      name: 'region',
      params: id === undefined ? {} : { id: String(id) },
      query: keep({}),
    }),
    figure: (f: FigureLink): RouteLocationRaw => ({ name: 'figure', query: keep({ ...f }) }),
    fact: (id: number): RouteLocationRaw => ({ name: 'fact', params: { id: String(id) }, query: keep({}) }),
    source: (id: number, fact?: number | null): RouteLocationRaw => ({
      name: 'source',
      params: { id: String(id) },
      query: keep({ fact: fact ? String(fact) : undefined }),
    }),
    chains: (of: string, type?: string): RouteLocationRaw => ({ name: 'chains', query: keep({ of, type }) }),
    devices: (of?: number, q?: string): RouteLocationRaw => ({ name: 'devices', query: keep({ of: of ? idText(of) : undefined, q }) }),
    device: (id: number): RouteLocationRaw => ({ name: 'device', params: { id: String(id) }, query: keep({}) }),
    point: (id: number): RouteLocationRaw => ({ name: 'point', params: { id: String(id) }, query: keep({}) }),
    quarantine: (): RouteLocationRaw => ({ name: 'quarantine', query: keep({}) }),
    indicators: (q: string): RouteLocationRaw => ({ name: 'indicators', query: keep({ q }) }),
  }
}
