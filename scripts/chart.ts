// Writes the parts of the chart that are made from code, the table of its values in docs/install.md and the rules in
// docs/live.md.
// `npm run docs`; a test proves them fresh. Reads charts/sandgate/crds, which scripts/crds.ts writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleNames, bundlesDirectory } from '../src/resources/bundles.ts';
import { aliasesTemplate } from './chart/aliases.ts';
import { bundlesTemplate, policyBundles } from './chart/bundles-template.ts';
import { classesTemplate } from './chart/classes.ts';
import { crdsTemplate } from './chart/crds-template.ts';
import { optionsTemplate } from './chart/options-template.ts';
import { withOwnResources } from './chart/own-resources.ts';
import { readValues } from './chart/values.ts';
import { listValues, valuesSchema } from './chart/values-schema.ts';
import { withValuesTable } from './chart/values-table.ts';
import { webhooksTemplate } from './chart/webhooks-template.ts';
import { workloadsTemplate } from './chart/workloads-template.ts';
import { dashboardText } from './monitoring/dashboard.ts';
import { ruleTemplate } from './monitoring/rule-template.ts';

const ROOT = resolve(import.meta.dirname, '..');
const CHART = 'charts/sandgate';
const INSTALL_PAGE = 'docs/install.md';
/** Texts with rules of RBAC about our own kinds. */
const ROLES = [
  `${CHART}/templates/access.yaml`,
  `${CHART}/templates/audit.yaml`,
  `${CHART}/templates/people.yaml`,
  'docs/audit.md',
  'docs/live.md',
];

/** Every generated text, by its path from the root of the repository. */
export function renderChart(): ReadonlyMap<string, string> {
  const directory = bundlesDirectory();
  const bundles = { all: bundleNames(directory), policies: policyBundles(directory) };
  const values = listValues(readValues(read(`${CHART}/values.yaml`)), bundles);
  return new Map([
    [`${CHART}/templates/webhooks.yaml`, webhooksTemplate()],
    [`${CHART}/templates/crds.yaml`, crdsTemplate(join(ROOT, CHART, 'crds'))],
    [`${CHART}/templates/_workloads.tpl`, workloadsTemplate()],
    [`${CHART}/templates/_aliases.tpl`, aliasesTemplate()],
    [`${CHART}/templates/_options.tpl`, optionsTemplate()],
    [`${CHART}/templates/_bundles.tpl`, bundlesTemplate(directory)],
    [`${CHART}/templates/_classes.tpl`, classesTemplate(directory)],
    [`${CHART}/templates/prometheus-rule.yaml`, ruleTemplate()],
    [`${CHART}/dashboards/sandgate.json`, dashboardText()],
    ...ROLES.map((path): [string, string] => [path, withOwnResources(read(path))]),
    [`${CHART}/values.schema.json`, valuesSchema(values)],
    [INSTALL_PAGE, withValuesTable(read(INSTALL_PAGE), values)],
  ]);
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

if (import.meta.main) {
  for (const [path, text] of renderChart()) writeFileSync(join(ROOT, path), text);
}
