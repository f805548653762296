/* The used parts of ECharts, and no others. */
import { BarChart, LineChart, MapChart, TreeChart } from 'echarts/charts'
import { AriaComponent, GeoComponent, GridComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components'
import { LabelLayout } from 'echarts/features'
import { init, registerMap, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  BarChart, LineChart, MapChart, TreeChart, AriaComponent, GeoComponent, GridComponent, TooltipComponent,
  VisualMapContinuousComponent, LabelLayout, SVGRenderer,
])

export { init, registerMap }
export type { EChartsType } from 'echarts/core'
