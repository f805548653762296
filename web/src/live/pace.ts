/* At most one run an interval: the first call runs at once, calls within the interval become one run at its end. */
export interface Pace {
  call: () => void
  stop: () => void
}

export function pace(run: () => void, every_ms: number): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waiting = false
  function rest(): void {
    timer = setTimeout(() => {
      timer = undefined
      if (!waiting) return
      waiting = false
      run()
      rest()
    }, every_ms)
  }
  return {
    call: () => {
      if (timer !== undefined) {
        waiting = true
        return
      }
      run()
      rest()
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
      waiting = false
    },
  }
}
