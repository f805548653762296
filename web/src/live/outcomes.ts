/* What came of the last reading of each document in this tab: shown at the desk it leads to. */
import { shallowReactive } from 'vue'
import type { ReadAnswer } from '../api/client'

export const outcomes = shallowReactive(new Map<number, ReadAnswer>())
