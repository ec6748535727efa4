// The parts of ECharts that the console uses; nothing else may import it, so that it stays one lazy chunk.
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([SVGRenderer, LineChart, BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent]);
export { default as VChart } from 'vue-echarts';
