// Namespaces with pod-security.kubernetes.io labels: a policy for each mode, level and version.

import { namespaceLevels } from '../../engine/namespace-levels.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import { ownField } from '../../model/json.ts';
import { NAMESPACE_NAME_LABEL, POD_SECURITY_LABEL_PREFIX } from '../../model/names.ts';
import type { Import } from './imported.ts';
import { type ImportedObject, type ImportSource, readingObjects } from './source.ts';

const MODES = [
  ['enforce', 'Deny'],
  ['audit', 'Audit'],
  ['warn', 'Warn'],
] as const;

/** As many values as a selector can have. */
const MOST_NAMES = 1000;

/** Namespaces that ask for the same. */
interface Group {
  readonly mode: (typeof MODES)[number];
  readonly level: string;
  readonly version: string;
  readonly namespaces: ImportedObject[];
}

export const podSecurity: ImportSource = {
  name: 'pod-security',
  reads: 'Namespaces with pod-security.kubernetes.io labels, as kubectl get namespaces -o yaml prints them',
  lists: [{ path: '/api/v1/namespaces', apiVersion: 'v1', kind: 'Namespace' }],
  read: readingObjects((objects, _, into) => {
    const groups = new Map<string, Group>();
    for (const one of objects) {
      const { group, kind } = one.object.kind;
      if (group === '' && kind === 'Namespace') takeNamespace(one, groups, into);
      else
        into.leaveOut(one, [], 'not a Namespace', group === 'pod-security.admission.config.k8s.io' ? 'laxer' : 'none');
    }
    for (const group of groups.values()) addPolicies(group, into);
  }),
};

function takeNamespace(one: ImportedObject, groups: Map<string, Group>, into: Import): void {
  const labels = labelsOf(one);
  const own = Object.keys(labels).filter((key) => key.startsWith(POD_SECURITY_LABEL_PREFIX));
  if (own.length === 0) {
    const why =
      'it has no pod-security.kubernetes.io labels: what the API server is configured with for such namespaces is not in the API';
    into.leaveOut(one, ['metadata', 'labels'], why, 'laxer');
    return;
  }
  const known = MODES.flatMap(([mode]) => [mode, `${mode}-version`]).map((name) => POD_SECURITY_LABEL_PREFIX + name);
  for (const key of own) {
    if (!known.includes(key)) into.leaveOut(one, ['metadata', 'labels', key], 'Kubernetes has no such label', 'none');
  }
  // The same reader as for `fromNamespaceLabels`: what Kubernetes does with a label that it cannot read, happens here too.
  const levels = namespaceLevels(labels);
  for (const error of levels.errors) {
    into.leaveOut(one, ['metadata', 'labels'], `${error}; carried over as Kubernetes takes it`, 'none');
  }
  for (const mode of MODES) {
    const [name, action] = mode;
    const { level, version } = levels[action];
    if (level === 'privileged') {
      if (Object.hasOwn(labels, POD_SECURITY_LABEL_PREFIX + name)) {
        const keys = ['metadata', 'labels', POD_SECURITY_LABEL_PREFIX + name];
        into.leaveOut(one, keys, 'the level privileged asks for nothing', 'none');
      }
      continue;
    }
    const key = `${name} ${level} ${version}`;
    const group = groups.get(key) ?? { mode, level, version, namespaces: [] };
    group.namespaces.push(one);
    groups.set(key, group);
  }
}

function labelsOf({ object }: ImportedObject): StringMap {
  const labels = ownField(ownField(object.value, 'metadata'), 'labels');
  const pairs = Object.entries(labels ?? {}).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(pairs);
}

function addPolicies({ mode: [mode, action], level, version, namespaces }: Group, into: Import): void {
  const [first] = namespaces;
  if (first === undefined) return;
  const names = [...new Set(namespaces.map(({ name }) => name))].toSorted();
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    const values = names.slice(from, from + MOST_NAMES);
    into.add(first, `pod-security-${mode}-${level}-${version}`, {
      // By name, and not by the labels: these are taken off, or set to privileged, once Sandgate judges in their place.
      match: { namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'In', values }] } },
      validationActions: [action],
      podSecurity: { level, version },
    });
  }
}
