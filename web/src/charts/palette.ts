/* Colours of charts; the same tones as styles/base.css. */
export interface Palette {
  dark: boolean
  text: string
  muted: string
  line: string
  surface: string
  main: string
  soft: string
  rest: string
  empty: string
  ramp: readonly [string, string]
}

const LIGHT: Palette = {
  dark: false, text: '#1c2733', muted: '#566373', line: '#dbe1e8', surface: '#ffffff', main: '#1f6f9f',
  soft: '#8fb9d2', rest: '#b08642', empty: '#eef1f4', ramp: ['#d9e8f1', '#1f6f9f'],
}
const DARK: Palette = {
  dark: true, text: '#e3e8ee', muted: '#a3afbd', line: '#35414e', surface: '#171e26', main: '#69b1dc',
  soft: '#37617d', rest: '#d0a661', empty: '#222c37', ramp: ['#233c4e', '#69b1dc'],
}

export function palette(dark: boolean): Palette {
  return dark ? DARK : LIGHT
}

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,sans-serif'

/* Names come from data: they are text, not markup. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}

export function frame(p: Palette) {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: p.text, fontSize: 12 },
    tooltip: {
      confine: true,
      backgroundColor: p.surface,
      borderColor: p.line,
      padding: [6, 10],
      textStyle: { color: p.text, fontSize: 13 },
    },
  }
}
