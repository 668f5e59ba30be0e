/*
A seccomp profile, where one is named, must be the runtime's default or one that the node has loaded.

v1.0 to v1.18, before the field existed:
**Restricted Fields:**
metadata.annotations['seccomp.security.alpha.kubernetes.io/pod']
metadata.annotations['container.seccomp.security.alpha.kubernetes.io/*'], for the pod's containers of whichever list

**Allowed Values:** 'runtime/default', 'docker/default', 'localhost/*', undefined

v1.19+, where the annotations no longer count:
**Restricted Fields:**
spec.securityContext.seccompProfile.type
spec.containers[*].securityContext.seccompProfile.type
spec.initContainers[*].securityContext.seccompProfile.type
spec.ephemeralContainers[*].securityContext.seccompProfile.type

**Allowed Values:** 'RuntimeDefault', 'Localhost', undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { StringMap } from '../../kubernetes/pod.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { SECCOMP_POD_ANNOTATION as POD, SECCOMP_CONTAINER_ANNOTATION_PREFIX as PREFIX } from '../../model/names.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { goQuote } from '../go-quote.ts';
import { isForbiddenProfile } from '../profile.ts';
import { append, inContainer, settersOf, textOf, valuesOf } from '../violations.ts';

/** A baseline check that limits seccomp profiles: the annotations in 1.0+, the fields in 1.19+. */
export const seccompProfile_baseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  title: 'Seccomp must not be switched off.',
  fix: 'set securityContext.seccompProfile.type to RuntimeDefault or Localhost, or remove it',
  versions: [
    { since: '1.0', check: seccompProfile_baseline_1_0 },
    { since: '1.19', check: seccompProfile_baseline_1_19 },
  ],
  describe: describeSeccompProfile,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { securityContext: { seccompProfile: null }, containers: [{ name: 'a' }] } } },
      {
        name: 'the allowed types',
        pod: {
          spec: {
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'Localhost' } } }],
          },
        },
      },
      {
        name: 'the fields, before 1.19',
        since: '1.18',
        pod: { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
      },
      {
        name: 'the annotations, from 1.19 on',
        since: '1.19',
        pod: { metadata: { annotations: { [POD]: 'unconfined' } } },
      },
      {
        name: 'the allowed annotations, and one for a container that does not exist',
        since: '1.18',
        pod: {
          metadata: {
            annotations: { [POD]: 'docker/default', [`${PREFIX}a`]: 'localhost/x', [`${PREFIX}ghost`]: 'unconfined' },
          },
          spec: { containers: [{ name: 'a' }] },
        },
      },
    ],
    fail: [
      {
        name: 'the annotation of the pod',
        since: '1.0',
        pod: { metadata: { annotations: { [POD]: '' } } },
        says: `seccompProfile (forbidden annotation ${POD}="")`,
        paths: [`metadata.annotations[${POD}]`],
        values: [''],
      },
      {
        name: 'the annotations of every list of containers',
        since: '1.18',
        pod: {
          metadata: { annotations: { [POD]: 'x', [`${PREFIX}b`]: '"', [`${PREFIX}a`]: 'y', [`${PREFIX}c`]: 'z' } },
          spec: {
            containers: [{ name: 'a' }],
            initContainers: [{ name: 'b' }],
            ephemeralContainers: [{ name: 'c' }, { name: 'a' }],
          },
        },
        says: `seccompProfile (forbidden annotations ${PREFIX}a="y", ${PREFIX}b="\\"", ${PREFIX}c="z", ${POD}="x")`,
        paths: [
          `metadata.annotations[${POD}]`,
          `metadata.annotations[${PREFIX}b]`,
          `metadata.annotations[${PREFIX}a]`,
          `metadata.annotations[${PREFIX}c]`,
        ],
        values: ['x', '"', 'y', 'z'],
      },
      {
        name: 'a profile without a type',
        since: '1.19',
        pod: { spec: { containers: [{ name: 'a', securityContext: { seccompProfile: {} } }] } },
        says: 'seccompProfile (container "a" must not set securityContext.seccompProfile.type to "")',
        paths: ['spec.containers[0].securityContext.seccompProfile.type'],
        values: [undefined],
      },
      {
        name: 'the pod and every list of containers',
        pod: {
          spec: {
            securityContext: { seccompProfile: { type: 'Unconfined' } },
            containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'runtime/default' } } }],
            initContainers: [{ name: 'b', securityContext: { seccompProfile: { type: 'Unconfined' } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { seccompProfile: { type: 'Unconfined' } } }],
          },
        },
        says: 'seccompProfile (pod and containers "b", "a", "c" must not set securityContext.seccompProfile.type to "Unconfined", "runtime/default")',
        paths: [
          'spec.securityContext.seccompProfile.type',
          'spec.initContainers[0].securityContext.seccompProfile.type',
          'spec.containers[0].securityContext.seccompProfile.type',
          'spec.ephemeralContainers[0].securityContext.seccompProfile.type',
        ],
        values: ['Unconfined', 'Unconfined', 'runtime/default', 'Unconfined'],
      },
    ],
  },
};

function seccompProfile_baseline_1_0(pod: PodView): readonly Violation[] | undefined {
  const { annotations } = pod.metadata;
  if (!annotations) return undefined;
  let found: Violation[] | undefined;
  if (isForbidden(annotations, POD)) {
    found = append(found, { path: `metadata.annotations[${POD}]`, value: annotations[POD], kind: 'annotation' });
  }
  let seen: Set<string> | undefined;
  for (const { name } of pod.containers) {
    const key = PREFIX + name;
    if (!isForbidden(annotations, key)) continue;
    if (seen?.has(key)) continue; // containers of different lists may share a name
    seen = (seen ?? new Set()).add(key);
    const path = `metadata.annotations[${key}]`;
    found = append(found, { path, container: name, value: annotations[key], kind: 'annotation' });
  }
  return found;
}

/** Unlike an AppArmor annotation, one that is there but empty is forbidden. */
function isForbidden(annotations: StringMap, key: string): boolean {
  if (!Object.hasOwn(annotations, key)) return false;
  const value = annotations[key] ?? '';
  return value !== 'runtime/default' && value !== 'docker/default' && !value.startsWith('localhost/');
}

/** Only profiles that are set and forbidden. `seccompProfile_restricted` looks for these first. */
export function seccompProfile_baseline_1_19(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const profile = pod.spec.securityContext?.seccompProfile;
  if (isForbiddenProfile(profile)) {
    found = append(found, { path: 'spec.securityContext.seccompProfile.type', value: profile?.type });
  }
  for (const ref of pod.containers) {
    const own = ref.container.securityContext?.seccompProfile;
    if (isForbiddenProfile(own))
      found = append(found, inContainer(ref, 'securityContext.seccompProfile.type', own?.type));
  }
  return found;
}

/** Also used by the restricted check. A version looks at annotations or at fields, never at both. */
export function describeSeccompProfile(violations: readonly Violation[]): Sentence {
  if (violations.some(({ kind }) => kind === 'annotation')) {
    const shown = violations.map(
      ({ container, value }) => `${container === undefined ? POD : PREFIX + container}=${goQuote(textOf(value))}`,
    );
    const what = pluralize('annotation', 'annotations', shown.length);
    return { reason: 'seccompProfile', detail: `forbidden ${what} ${sortBytewise(shown).join(', ')}` };
  }
  const setters = settersOf(violations).join(' and ');
  const values = joinQuoted(valuesOf(violations));
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${values}`,
  };
}
