// The kinds that hold pod templates as the chart knows them: what its values may name, and what its webhook rules are made of.
import { ALL_WORKLOADS, WORKLOADS } from '../../src/workloads/index.ts';
import { holdsWholeTemplates, qualifiedKind, type Workload } from '../../src/workloads/workload.ts';

const HEAD = '{{- /* Made by `npm run docs` from the kinds that hold a pod template: do not edit. */}}\n';

/** The text of templates/_workloads.tpl: a template that gives every row as YAML, in order. */
export function workloadsTemplate(): string {
  const rows = ALL_WORKLOADS.map((row) => `- ${JSON.stringify(chartRow(row))}\n`);
  return `${HEAD}{{- define "sandgate.workloadRows" -}}\n${rows.join('')}{{- end }}\n`;
}

function chartRow(row: Workload): object {
  const { group, kind, resource, subresources, enforcement, fillIn } = row;
  return {
    name: qualifiedKind(row),
    group,
    kind,
    resource,
    scope: row.scope ?? 'Namespaced',
    enforcement,
    fillIn,
    ...(subresources.length > 0 && { subresources }),
    ...(row.fillInAround && { fillInAround: true }),
    ...(WORKLOADS.includes(row) && { always: true }),
    ...(holdsWholeTemplates(row) && { whole: true }),
  };
}
