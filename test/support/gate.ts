// Gates and subjects for tests, made by the real loader from YAML as a user would write it.
import { enforcementByRow, type Gate } from '../../src/engine/gate.ts';
import type { StringMap } from '../../src/kubernetes/pod.ts';
import { formatProblem } from '../../src/manifests/source.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { isJsonObject, stringField } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { loadPolicies } from '../../src/resources/load.ts';
import { WORKLOADS } from '../../src/workloads/index.ts';

/** One policy document around the YAML of a spec. */
export function policyYaml(name: string, spec: string): string {
  const indented = spec
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `apiVersion: sandgate.dev/v1alpha1\nkind: IsolationPolicy\nmetadata:\n  name: ${name}\nspec:\n${indented}\n`;
}

/** A gate with the policies of these YAML texts; throws with every problem where they do not load. */
export function gateOf(texts: string | readonly string[], namespaces: Readonly<Record<string, StringMap>> = {}): Gate {
  const sources = [texts].flat().map((text, index) => ({ file: `policy-${index}.yaml`, text }));
  const loaded = loadPolicies(sources);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return {
    policies: loaded.policies,
    surroundings: {
      namespaceLabels: (namespace) => (Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : undefined),
    },
    enforcement: enforcementByRow,
  };
}

/** A request about `object`, of the kind it says it is: a creation by nobody in particular, unless overridden. */
export function subjectOf(object: JsonObject, overrides: Partial<Subject> = {}): Subject {
  const apiVersion = stringField(object, 'apiVersion') ?? 'v1';
  const kind = stringField(object, 'kind') ?? 'Pod';
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  const row = WORKLOADS.find((workload) => workload.group === group && workload.kind === kind);
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  return {
    kind: { group, version: apiVersion.slice(slash + 1), kind },
    resource: row?.resource ?? `${kind.toLowerCase()}s`,
    subresource: '',
    operation: 'CREATE',
    name: stringField(metadata, 'name'),
    generateName: stringField(metadata, 'generateName'),
    namespace: stringField(metadata, 'namespace') ?? 'agents',
    user: { username: 'tenant', groups: ['system:authenticated'] },
    dryRun: false,
    object,
    ...overrides,
  };
}
