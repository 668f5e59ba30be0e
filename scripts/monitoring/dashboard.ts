// The dashboard for Grafana, as JSON: charts/sandgate/dashboards/sandgate.json. It can be imported by hand, too.
import { METRICS } from '../../src/observe/metrics/definitions.ts';
import { DATASOURCE, type Panel, panelJson, type Row } from './panel.ts';
import { ROWS } from './rows.ts';

const COLUMNS = 24;
const HEADING_HEIGHT = 1;
const SIZES = { stat: { w: 4, h: 4 }, timeseries: { w: 12, h: 8 } } as const;

/** The text of the file. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(), undefined, 2)}\n`;
}

function dashboard(): object {
  return {
    uid: 'sandgate',
    title: 'Sandgate',
    description: 'Admission control by Sandgate: what it decides, how long that takes, and what goes wrong.',
    tags: ['sandgate', 'admission', 'kubernetes'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: 'now-3h', to: 'now' },
    refresh: '1m',
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
        variable('namespace', 'Namespace', `label_values(${METRICS.buildInfo.name}, namespace)`),
        variable('pod', 'Pod', `label_values(${METRICS.buildInfo.name}{namespace=~"$namespace"}, pod)`),
      ],
    },
    panels: placed(ROWS),
  };
}

function variable(name: string, label: string, query: string): object {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    includeAll: true,
    multi: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

/** Every panel in its place: from left to right, and below where there is no room. */
function placed(rows: readonly Row[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: members } of rows) {
    const heading = { x: 0, y, w: COLUMNS, h: HEADING_HEIGHT };
    panels.push({ id: panels.length + 1, type: 'row', title, collapsed: false, gridPos: heading, panels: [] });
    y += HEADING_HEIGHT;
    let x = 0;
    for (const panel of members) {
      const { w, h } = SIZES[panel.kind];
      if (x + w > COLUMNS) {
        x = 0;
        y += h;
      }
      panels.push(panelJson(panel, panels.length + 1, { x, y, w, h }));
      x += w;
    }
    y += heightOf(members);
  }
  return panels;
}

/** Those of one row are of one kind. */
function heightOf([first]: readonly Panel[]): number {
  return first === undefined ? 0 : SIZES[first.kind].h;
}
