/*
Images must be pulled as the policy asks. With `Always` a node asks the registry each time, with the pod's own credentials, before
it starts an image that it may already have from somebody else.

**Restricted Fields:**
spec.containers[*].imagePullPolicy
spec.initContainers[*].imagePullPolicy
spec.ephemeralContainers[*].imagePullPolicy
spec.volumes[*].image.pullPolicy

**Allowed Values:** the policy's; undefined/null where the API server fills in just that
*/
import { defaultPullPolicy } from '../../images/pull-policy.ts';
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { pluralize, quoteVisible } from '../../model/text.ts';
import { append, inContainer, valuesOf } from '../../pod-security/violations.ts';
import type { RuleCheck } from '../check.ts';
import type { ImageParameters } from './parameters.ts';
import { demandsOf, nameHolders } from './places.ts';

/** A check that every image is pulled as the policy asks. */
export const imagePullPolicy: RuleCheck<ImageParameters> = {
  id: 'imagePullPolicy',
  title: 'Images must be pulled as the policy asks.',
  fix: 'set imagePullPolicy of containers, and image.pullPolicy of volumes, to the value that the policy asks for',
  platform: 'any',
  compile: ({ requiredPullPolicy: required }) =>
    required === undefined ? undefined : (pod) => findOthers(pod, required),
  describe,
  examples: {
    pass: [
      {
        name: 'as asked, or what the API server fills in is just that',
        parameters: { requiredPullPolicy: 'Always' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'app' }],
            containers: [
              { name: 'a', image: 'app:latest', imagePullPolicy: null },
              { name: 'b', image: 'app:1', imagePullPolicy: 'Always' },
            ],
            volumes: [{ name: 'm', image: { reference: 'model', pullPolicy: '' } }, { name: 'n' }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'otherwise, or left out, in every place',
        parameters: { requiredPullPolicy: 'Always' },
        pod: {
          spec: {
            initContainers: [{ name: 'i', image: 'app:1' }],
            containers: [{ name: 'a', image: 'app:1', imagePullPolicy: 'IfNotPresent' }],
            ephemeralContainers: [{ name: 'e', image: 'app', imagePullPolicy: 'always' }],
            volumes: [{ name: 'm', image: { reference: 'model:1', pullPolicy: 'Never' } }],
          },
        },
        says: 'imagePullPolicy (containers "i", "a", "e" and volume "m" pull with "", "IfNotPresent", "Never", "always"; required: Always)',
        paths: [
          'spec.initContainers[0].imagePullPolicy',
          'spec.containers[0].imagePullPolicy',
          'spec.ephemeralContainers[0].imagePullPolicy',
          'spec.volumes[0].image.pullPolicy',
        ],
        values: [undefined, 'IfNotPresent', 'always', 'Never'],
      },
      {
        name: 'a tag for which the API server fills in Always',
        parameters: { requiredPullPolicy: 'IfNotPresent' },
        pod: { spec: { containers: [{ name: 'a', image: `app:latest@sha256:${'0'.repeat(64)}` }] } },
        says: 'imagePullPolicy (container "a" pulls with ""; required: IfNotPresent)',
        paths: ['spec.containers[0].imagePullPolicy'],
        values: [undefined],
      },
    ],
  },
};

function findOthers({ spec, containers }: PodView, required: string): readonly Violation[] | undefined {
  const kind = `required: ${required}`;
  let found: Violation[] | undefined;
  for (const ref of containers) {
    const { image, imagePullPolicy: stated } = ref.container;
    if ((stated || defaultPullPolicy(image ?? '')) === required) continue;
    found = append(found, { ...inContainer(ref, 'imagePullPolicy', stated), kind });
  }
  for (const [index, { name, image }] of spec.volumes?.entries() ?? []) {
    if (image === undefined || image === null) continue;
    const { reference, pullPolicy: stated } = image;
    if ((stated || defaultPullPolicy(reference ?? '')) === required) continue;
    const path = `spec.volumes[${index}].image.pullPolicy`;
    found = append(found, { path, value: stated, volume: name ?? '', kind });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const pull = pluralize('pulls', 'pull', violations.length);
  const values = valuesOf(violations).map(quoteVisible).join(', ');
  return {
    reason: 'imagePullPolicy',
    detail: `${nameHolders(violations)} ${pull} with ${values}; ${demandsOf(violations)}`,
  };
}
