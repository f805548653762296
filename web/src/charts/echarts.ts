/* The used parts of ECharts, and no others. */
import { BarChart, GraphChart, HeatmapChart, LineChart, MapChart, ScatterChart, TreeChart } from 'echarts/charts'
import {
  AriaComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components'
import { LabelLayout } from 'echarts/features'
import { init, registerMap, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([
  BarChart, GraphChart, HeatmapChart, LineChart, MapChart, ScatterChart, TreeChart, AriaComponent, DataZoomComponent,
  GeoComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapContinuousComponent, LabelLayout, SVGRenderer,
])

export { init, registerMap }
export type { EChartsType } from 'echarts/core'
