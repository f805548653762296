/* Codes of entities carry the list they are from: '2260:410300' is a division by GB/T 2260. */

export function division(code: string): string {
  return /^(?:2260:)?(\d{6})$/.exec(code)?.[1] ?? ''
}

/* Which outlines show what is below a division: 410300 -> 4103, 410000 -> 41; '' where there are none. */
export function mapOf(code: string, maps: readonly string[]): string {
  const id = division(code).replace(/(00){1,2}$/, '')
  return maps.includes(id) ? id : ''
}
