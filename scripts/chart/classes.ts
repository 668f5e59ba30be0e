// Which capability classes shipped bundles are, and which the policies of bundles list, so that templates/validate.yaml can
// refuse a policy whose class would not exist.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ownField, stringField } from '../../src/model/json.ts';
import { bundleFile, bundleNames } from '../../src/resources/bundles.ts';

const HEAD = '{{- /* Made by `npm run docs` from scripts/chart/classes.ts and policies/: do not edit. */}}\n';

/** The text of templates/_classes.tpl: two maps, as YAML. */
export function classesTemplate(directory: string): string {
  const classes: string[] = [];
  const listed: string[] = [];
  for (const bundle of bundleNames(directory)) {
    const document: unknown = parse(readFileSync(bundleFile(directory, bundle), 'utf8'));
    const capabilities = ownField(ownField(document, 'spec'), 'capabilities');
    if (stringField(document, 'kind') === 'CapabilityClass') {
      classes.push(`${bundle}: ${stringField(ownField(document, 'metadata'), 'name')}\n`);
    } else if (Array.isArray(capabilities)) {
      listed.push(`${bundle}: [${capabilities.map((one) => stringField(one, 'name')).join(', ')}]\n`);
    }
  }
  return [
    HEAD,
    '{{- /* The class that a bundle is. */}}\n',
    `{{- define "sandgate.bundledClasses" }}\n${classes.join('')}{{- end }}\n`,
    '{{- /* The classes that the policy of a bundle lists. */}}\n',
    `{{- define "sandgate.listedClasses" }}\n${listed.join('')}{{- end }}\n`,
  ].join('');
}
