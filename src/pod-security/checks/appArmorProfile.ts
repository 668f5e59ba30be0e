/*
Where a node has AppArmor, containers get the runtime's default profile. A pod may name that profile or one that the
node has loaded, but may not switch confinement off. The old annotations count at every version: the API server still
copies them into the fields.

**Restricted Fields:**
metadata.annotations['container.apparmor.security.beta.kubernetes.io/*']

**Allowed Values:** 'runtime/default', 'localhost/*', empty, undefined

**Restricted Fields:**
spec.securityContext.appArmorProfile.type
spec.containers[*].securityContext.appArmorProfile.type
spec.initContainers[*].securityContext.appArmorProfile.type
spec.ephemeralContainers[*].securityContext.appArmorProfile.type

**Allowed Values:** 'RuntimeDefault', 'Localhost', undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { APPARMOR_ANNOTATION_PREFIX as PREFIX } from '../../model/names.ts';
import { joinQuoted, pluralize, sortBytewise } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { goQuote } from '../go-quote.ts';
import { isForbiddenProfile } from '../profile.ts';
import { append, inContainer, settersOf, textOf, valuesOf } from '../violations.ts';

/** A baseline check that limits AppArmor profiles in 1.0+. */
export const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  title: 'AppArmor confinement must not be switched off.',
  fix: 'set securityContext.appArmorProfile.type to RuntimeDefault or Localhost, or remove it and its annotations',
  versions: [{ since: '1.0', check: appArmorProfile_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'unset', pod: { spec: { securityContext: { appArmorProfile: null }, containers: [{ name: 'a' }] } } },
      {
        name: 'the allowed types',
        pod: {
          spec: {
            securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
            containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'Localhost' } } }],
          },
        },
      },
      {
        name: 'the allowed annotations',
        pod: {
          metadata: { annotations: { [`${PREFIX}a`]: 'runtime/default', [`${PREFIX}b`]: 'localhost/x', [PREFIX]: '' } },
        },
      },
      {
        name: 'annotations of other keys',
        pod: { metadata: { annotations: { constructor: 'unconfined', [`x.${PREFIX}a`]: 'unconfined' } } },
      },
    ],
    fail: [
      {
        name: 'a container',
        pod: { spec: { containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'Unconfined' } } }] } },
        says: 'forbidden AppArmor profile (container "a" must not set AppArmor profile type to "Unconfined")',
        paths: ['spec.containers[0].securityContext.appArmorProfile.type'],
        values: ['Unconfined'],
      },
      {
        name: 'an annotation, even for a container that does not exist',
        since: '1.0',
        pod: { metadata: { annotations: { [`${PREFIX}ghost`]: 'unconfined' } } },
        says: `forbidden AppArmor profile (annotation must not set AppArmor profile type to "${PREFIX}ghost="unconfined"")`,
        paths: [`metadata.annotations[${PREFIX}ghost]`],
        values: ['unconfined'],
      },
      {
        name: 'a profile without a type',
        pod: { spec: { securityContext: { appArmorProfile: {} } } },
        says: 'forbidden AppArmor profile (pod must not set AppArmor profile type to "")',
        paths: ['spec.securityContext.appArmorProfile.type'],
        values: [undefined],
      },
      {
        name: 'the pod, every list of containers, and annotations',
        pod: {
          metadata: { annotations: { [`${PREFIX}b`]: 'Localhost/x', [`${PREFIX}a`]: 'say "no"' } },
          spec: {
            securityContext: { appArmorProfile: { type: 'Unconfined' } },
            containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'runtime/default' } } }],
            initContainers: [{ name: 'b', securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
            ephemeralContainers: [{ name: 'c', securityContext: { appArmorProfile: { type: null } } }],
          },
        },
        says: `forbidden AppArmor profiles (pod and containers "b", "a", "c" and annotations must not set AppArmor profile type to "", "Unconfined", "runtime/default", "${PREFIX}a="say \\"no\\""", "${PREFIX}b="Localhost/x"")`,
        paths: [
          'spec.securityContext.appArmorProfile.type',
          'spec.initContainers[0].securityContext.appArmorProfile.type',
          'spec.containers[0].securityContext.appArmorProfile.type',
          'spec.ephemeralContainers[0].securityContext.appArmorProfile.type',
          `metadata.annotations[${PREFIX}b]`,
          `metadata.annotations[${PREFIX}a]`,
        ],
        values: ['Unconfined', 'Unconfined', 'runtime/default', null, 'Localhost/x', 'say "no"'],
      },
    ],
  },
};

function appArmorProfile_1_0(pod: PodView): readonly Violation[] | undefined {
  let found: Violation[] | undefined;
  const profile = pod.spec.securityContext?.appArmorProfile;
  if (isForbiddenProfile(profile)) {
    found = append(found, { path: 'spec.securityContext.appArmorProfile.type', value: profile?.type });
  }
  for (const ref of pod.containers) {
    const own = ref.container.securityContext?.appArmorProfile;
    if (isForbiddenProfile(own))
      found = append(found, inContainer(ref, 'securityContext.appArmorProfile.type', own?.type));
  }
  const { annotations } = pod.metadata;
  if (!annotations) return found;
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(PREFIX)) continue;
    const value = annotations[key];
    if (!value || value === 'runtime/default' || value.startsWith('localhost/')) continue;
    const container = key.slice(PREFIX.length);
    found = append(found, { path: `metadata.annotations[${key}]`, container, value, kind: 'annotation' });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const fields = violations.filter(({ kind }) => kind === undefined);
  const annotations = violations
    .filter(({ kind }) => kind === 'annotation')
    .map(({ container = '', value }) => `${PREFIX}${container}=${goQuote(textOf(value))}`);
  const setters = settersOf(fields);
  if (annotations.length > 0) setters.push(pluralize('annotation', 'annotations', annotations.length));
  const values = [...valuesOf(fields), ...sortBytewise(annotations)];
  return {
    reason: pluralize('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${joinQuoted(values)}`,
  };
}
