// The policies of shipped bundles, for the chart to change what values say about them: which namespaces, which actions, which classes.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { compilePolicy } from '../../src/policy/compile.ts';
import { bundleFile, bundleNames } from '../../src/resources/bundles.ts';
import { isIsolationPolicy } from '../../src/resources/isolation-policy/validate.ts';

const HEAD = '{{- /* Made by `npm run docs` from policies/: do not edit. */}}\n';

/** The names of the bundles that are policies. */
export function policyBundles(directory: string): readonly string[] {
  return bundleNames(directory).filter((name) => isIsolationPolicy(documentOf(directory, name)));
}

/**
 * The text of templates/_bundles.tpl: each policy as JSON, and the checks that it refuses by, whatever its `validationActions` are,
 * since the parameters of a rule say so (such as `runtime.exists: Deny`).
 */
export function bundlesTemplate(directory: string): string {
  const bundles = bundleNames(directory).flatMap((name): [string, object][] => {
    const policy = documentOf(directory, name);
    if (!isIsolationPolicy(policy)) return [];
    const { checks } = compilePolicy(policy, name).policy;
    return [[name, { policy, denies: checks.filter(({ action }) => action === 'Deny').map(({ id }) => id) }]];
  });
  const json = JSON.stringify(Object.fromEntries(bundles));
  if (json.includes('{{')) throw new Error('a bundle has {{ in it, which Helm would take for its own');
  return `${HEAD}{{- define "sandgate.bundlePolicies" -}}\n${json}\n{{- end }}\n`;
}

function documentOf(directory: string, name: string): unknown {
  return parse(readFileSync(bundleFile(directory, name), 'utf8'));
}
