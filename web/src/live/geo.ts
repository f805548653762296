/* The sketch outlines of what is below a division; undefined while read, null where there are none. */
import { shallowRef, watch } from 'vue'

export interface Geo {
  type: string
  notice?: { zh: string; en: string }
  features: { properties: { code: string; name: string } }[]
}

export function useGeo(code: () => string) {
  const geo = shallowRef<Geo | null>()
  watch(
    code,
    async (now) => {
      geo.value = now ? undefined : null
      if (!now) return
      try {
        const answer = await fetch(`/geo/${encodeURIComponent(now)}.json`)
        if (!answer.ok) throw new Error(String(answer.status))
        const g = (await answer.json()) as Geo
        if (now === code()) geo.value = g
      } catch {
        if (now === code()) geo.value = null
      }
    },
    { immediate: true },
  )
  return geo
}
