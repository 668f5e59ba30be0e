/*
The downward API tells a container about its pod and its node: the node's address, for example, which a sandbox need not know.

**Restricted Fields:** `env[*].valueFrom.fieldRef.fieldPath` of
spec.containers[*]
spec.initContainers[*]
spec.ephemeralContainers[*]

**Allowed Values:** those that the policy lists
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { escapedNote, pluralize, quoteVisible } from '../../model/text.ts';
import { append, containersIn, inContainer, nameContainers, textOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import type { EnvParameters } from './parameters.ts';

const LISTED = { allowedFieldRefs: ['metadata.name', "metadata.labels['*']"] };

/** A check that environment variables come from no other fields of the pod than those that the policy lists. */
export const envFieldRefs: RuleCheck<EnvParameters> = {
  id: 'envFieldRefs',
  title: 'Environment variables must come from no other fields of the pod than those that the policy lists.',
  fix: 'remove these variables, or ask for the field to be listed in the policy',
  platform: 'any',
  compile: ({ allowedFieldRefs }) => {
    if (allowedFieldRefs === undefined) return undefined;
    const { includes: isAllowed, inWords: allowed } = nameList(allowedFieldRefs);
    return (pod) => findUnlisted(pod, isAllowed, allowed);
  },
  describe,
  examples: {
    pass: [
      {
        name: 'listed fields, and variables that come from none',
        parameters: LISTED,
        pod: {
          spec: {
            containers: [
              {
                name: 'a',
                env: [
                  { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', apiVersion: 'v1' } } },
                  { name: 'B', valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } },
                  { name: 'C', valueFrom: { fieldRef: null } },
                  { name: 'D', value: 'status.hostIP' },
                ],
              },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'every list of containers',
        parameters: LISTED,
        pod: {
          spec: {
            initContainers: [
              { name: 'i', env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }] },
            ],
            containers: [{ name: 'a', env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'Metadata.name' } } }] }],
            ephemeralContainers: [
              { name: 'e', env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['x/y']" } } }] },
            ],
          },
        },
        says:
          'field in the environment (containers "i", "a", "e" read "status.hostIP", "Metadata.name", "metadata.labels[\'x/y\']"; ' +
          'allowed: "metadata.name", "metadata.labels[\'*\']")',
        paths: [
          'spec.initContainers[0].env[0].valueFrom.fieldRef.fieldPath',
          'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath',
          'spec.ephemeralContainers[0].env[0].valueFrom.fieldRef.fieldPath',
        ],
        values: ['status.hostIP', 'Metadata.name', "metadata.labels['x/y']"],
      },
      {
        name: 'no field is allowed, and none is named',
        parameters: { allowedFieldRefs: [] },
        pod: { spec: { containers: [{ name: 'a', env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }] } },
        says: 'field in the environment (container "a" reads ""; allowed: none)',
        paths: ['spec.containers[0].env[0].valueFrom.fieldRef.fieldPath'],
        values: [undefined],
      },
    ],
  },
};

function findUnlisted(
  pod: PodView,
  isAllowed: (path: string) => boolean,
  allowed: string,
): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  for (const ref of pod.containers) {
    const { env } = ref.container;
    if (!env) continue;
    let index = -1;
    for (const { valueFrom } of env) {
      index++;
      const field = valueFrom?.fieldRef;
      if (!field || isAllowed(field.fieldPath ?? '')) continue;
      const violation = inContainer(ref, `env[${index}].valueFrom.fieldRef.fieldPath`, field.fieldPath);
      found = append(found, { ...violation, kind: allowed });
    }
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const containers = containersIn(violations);
  const fields = [...new Set(violations.map(({ value }) => textOf(value)))];
  const read = pluralize('reads', 'read', containers.length);
  return {
    reason: 'field in the environment',
    detail:
      `${nameContainers(containers)} ${read} ${fields.map(quoteVisible).join(', ')}; ` +
      `allowed: ${violations[0]?.kind ?? ''}${escapedNote(fields)}`,
  };
}
