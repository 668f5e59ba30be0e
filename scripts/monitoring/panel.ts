// One panel of the dashboard, as we write it and as Grafana reads it.

/** Stands for the data source that the reader chooses. */
export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };
/** In steps of the panel that is drawn, and never shorter than four scrapes: Grafana's own variable. */
export const INTERVAL = '[$__rate_interval]';

/** One query, and what its lines are called: `{{label}}` is filled in by Grafana. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat';
  /** Grafana's name of it: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
  readonly unit: string;
  /** What it shows, where the title does not say it all. */
  readonly description?: string;
  readonly queries: readonly Query[];
  /** From which value on a number is shown in red. */
  readonly redFrom?: number;
  /** Below which value it is. */
  readonly redBelow?: number;
  /** Areas on top of each other instead of lines. */
  readonly stacked?: boolean;
}

/** A row of panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A series of ours, in the namespace and of the pods that the reader chooses. */
export function chosen(name: string, conditions = ''): string {
  return `${name}{namespace=~"$namespace",pod=~"$pod"${conditions === '' ? '' : `,${conditions}`}}`;
}

/** Per second, summed up by these labels. */
export function rateOf(name: string, by: readonly string[] = [], conditions = ''): string {
  const grouping = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
  return `sum${grouping}(rate(${chosen(name, conditions)}${INTERVAL}))`;
}

/** The median, the slowest tenth and the slowest hundredth of a histogram. */
export function quantiles(name: string, by: readonly string[] = []): readonly Query[] {
  const labels = by.map((label) => `{{${label}}} `).join('');
  return [0.5, 0.9, 0.99].map((share) => ({
    expr: `histogram_quantile(${share}, ${rateOf(`${name}_bucket`, [...by, 'le'])})`,
    legend: `${labels}p${share * 100}`,
  }));
}

/** Where a panel stands: Grafana has 24 columns. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** As Grafana reads it. */
export function panelJson(panel: Panel, id: number, gridPos: GridPosition): object {
  const { title, kind, unit, description, queries } = panel;
  return {
    id,
    type: kind,
    title,
    ...(description !== undefined && { description }),
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: { defaults: { unit, ...(kind === 'stat' ? statField(panel) : lineField(panel)) }, overrides: [] },
    options: kind === 'stat' ? STAT : LINES,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'stat' && { instant: true }),
    })),
  };
}

const STAT = {
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  colorMode: 'value',
  graphMode: 'none',
  textMode: 'auto',
};

const LINES = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};

function statField({ redFrom, redBelow }: Panel): object {
  const steps =
    redBelow === undefined
      ? [{ color: 'green', value: null }, ...(redFrom === undefined ? [] : [{ color: 'red', value: redFrom }])]
      : [
          { color: 'red', value: null },
          { color: 'green', value: redBelow },
        ];
  return { thresholds: { mode: 'absolute', steps } };
}

function lineField({ stacked = false }: Panel): object {
  const custom = stacked ? { fillOpacity: 20, stacking: { mode: 'normal', group: 'A' } } : { fillOpacity: 5 };
  return { min: 0, custom: { lineWidth: 1, showPoints: 'never', ...custom } };
}
