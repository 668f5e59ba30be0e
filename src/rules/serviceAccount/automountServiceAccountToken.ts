// Takes the token of the service account away. The ServiceAccount admission plugin has run by now: the volume with the token is
// in the pod, and stays there whatever the field says. So both are changed in one step, and the plugin, which runs again
// afterwards, then adds neither.
import { CONTAINER_LISTS } from '../../kubernetes/containers.ts';
import type { Container, PodSpec, PodTemplate } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { isApiTokenVolume } from '../../kubernetes/token-volume.ts';
import type { FillIn } from '../fill-in.ts';
import { apiTokenVolume, tokenVolume } from './example-volumes.ts';
import type { ServiceAccountParameters } from './parameters.ts';

const TOKEN_MOUNT = {
  name: 'kube-api-access-x7k2p',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

/** Sets automountServiceAccountToken to false where the pod does not say, and takes out what the API server has added. */
export const automountServiceAccountToken: FillIn<ServiceAccountParameters> = {
  id: 'automountServiceAccountToken',
  title: 'Fills in automountServiceAccountToken false, and takes out the token that the API server has mounted.',
  sets: ['spec.automountServiceAccountToken'],
  satisfies: [],
  platform: 'any',
  compile({ automountToken, override }) {
    if (automountToken !== false) return undefined;
    return (template, scope, notes) => {
      if (!scope.podLevel) return template;
      const stated = template.spec?.automountServiceAccountToken;
      const replaces = override === true && notes.claim('spec.automountServiceAccountToken');
      if (isGiven(stated) && !replaces) return template;
      const without = withoutToken(template);
      if (stated === false) return without;
      if (stated === true) {
        notes.warn(
          'automountServiceAccountToken is false instead of true, and the token of the service account is not mounted',
        );
      }
      return { ...without, spec: { ...without.spec, automountServiceAccountToken: false } };
    };
  },
  examples: [
    {
      name: 'a pod that does not say, with what the API server has added',
      parameters: { automountToken: false },
      before: {
        spec: {
          initContainers: [{ name: 'i', volumeMounts: [TOKEN_MOUNT] }],
          containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath: '/v' }, TOKEN_MOUNT] }, { name: 'b' }],
          volumes: [{ name: 'v', emptyDir: {} }, apiTokenVolume('kube-api-access-x7k2p')],
        },
      },
      after: {
        spec: {
          initContainers: [{ name: 'i' }],
          containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { name: 'b' }],
          volumes: [{ name: 'v', emptyDir: {} }],
          automountServiceAccountToken: false,
        },
      },
    },
    {
      name: 'null is not said; a token of the pod itself is kept, to be judged',
      parameters: { automountToken: false },
      before: {
        spec: {
          automountServiceAccountToken: null,
          containers: [{ name: 'a' }],
          volumes: [tokenVolume('kube-api-access-mine', { audience: 'vault' })],
        },
      },
      after: {
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: 'a' }],
          volumes: [tokenVolume('kube-api-access-mine', { audience: 'vault' })],
        },
      },
    },
    {
      name: "a user's true is kept, to be judged",
      parameters: { automountToken: false },
      before: { spec: { automountServiceAccountToken: true, containers: [{ name: 'a' }] } },
    },
    {
      name: "a user's true is replaced where the policy overrides",
      parameters: { automountToken: false, override: true },
      before: {
        spec: {
          automountServiceAccountToken: true,
          containers: [{ name: 'a', volumeMounts: [TOKEN_MOUNT] }],
          volumes: [apiTokenVolume('kube-api-access-x7k2p')],
        },
      },
      after: { spec: { automountServiceAccountToken: false, containers: [{ name: 'a' }] } },
      warns: [
        'automountServiceAccountToken is false instead of true, and the token of the service account is not mounted',
      ],
    },
    {
      name: 'a token that another webhook has left in the pod',
      parameters: { automountToken: false, override: true },
      before: {
        spec: {
          automountServiceAccountToken: false,
          containers: [{ name: 'a', volumeMounts: [TOKEN_MOUNT] }],
          volumes: [apiTokenVolume('kube-api-access-x7k2p')],
        },
      },
      after: { spec: { automountServiceAccountToken: false, containers: [{ name: 'a' }] } },
    },
    {
      name: 'a policy that requires it and fills in nothing',
      parameters: { requiredAutomountToken: false },
      before: { spec: { containers: [{ name: 'a' }] } },
    },
    {
      name: 'a policy about accounts alone',
      parameters: { allowed: ['*'] },
      before: { spec: { containers: [{ name: 'a' }] } },
    },
  ],
};

/**
 * The template without the volume that the API server adds, and without its mounts: in the containers of capability classes
 * as well, since a mount without its volume makes the API server refuse the pod.
 */
function withoutToken(template: PodTemplate): PodTemplate {
  const { spec } = template;
  const names = new Set<string | null | undefined>();
  const volumes = spec?.volumes?.filter((volume) => {
    const isToken = isApiTokenVolume(volume);
    if (isToken) names.add(volume.name);
    return !isToken;
  });
  if (!spec || names.size === 0) return template;
  const { volumes: _, ...rest } = spec;
  const lists: Record<string, readonly Container[]> = {};
  for (const list of CONTAINER_LISTS) {
    const containers = spec[list];
    if (containers) lists[list] = containers.map((container) => withoutMounts(container, names));
  }
  const without: PodSpec = { ...rest, ...lists, ...(volumes?.length ? { volumes } : {}) };
  return { ...template, spec: without };
}

function withoutMounts(container: Container, names: ReadonlySet<string | null | undefined>): Container {
  const mounts = container.volumeMounts;
  if (!mounts?.some(({ name }) => names.has(name))) return container;
  const { volumeMounts: _, ...rest } = container;
  const left = mounts.filter(({ name }) => !names.has(name));
  return left.length > 0 ? { ...rest, volumeMounts: left } : rest;
}
