/*
An AppArmor profile of the node can be any that somebody loaded there, also one that allows everything.

**Restricted Fields:** `appArmorProfile.type` and `appArmorProfile.localhostProfile` of
spec.securityContext
spec.containers[*].securityContext
spec.initContainers[*].securityContext
spec.ephemeralContainers[*].securityContext
and metadata.annotations['container.apparmor.security.beta.kubernetes.io/*']

**Allowed Values:** RuntimeDefault; Localhost with a profile that the policy allows; undefined/null
*/
import { APPARMOR_ANNOTATION_PREFIX } from '../../model/names.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { describeProfiles, findProfiles, type ProfileKind, profilesInWords } from './localhost-profiles.ts';
import type { ProfilesParameters } from './parameters.ts';

const APPARMOR: ProfileKind = {
  field: 'appArmorProfile',
  isAnnotation: (key) => key.startsWith(APPARMOR_ANNOTATION_PREFIX),
  defaults: ['runtime/default'],
};

/** A check that pods run under no AppArmor profile but the runtime's default and those that the policy allows. */
export const localhostAppArmor: RuleCheck<ProfilesParameters> = {
  id: 'localhostAppArmor',
  title: 'AppArmor profiles must be the default of the runtime, or profiles of the node that the policy allows.',
  fix: 'set appArmorProfile.type to RuntimeDefault, or name a profile that the policy allows, and remove the annotations of AppArmor',
  platform: 'any',
  repeats: ['appArmorProfile'],
  compile: ({ appArmor }) => {
    const patterns = appArmor?.allowedLocalhost;
    if (patterns === undefined) return undefined;
    const allowed = { includes: nameList(patterns).includes, inWords: profilesInWords(patterns) };
    return (pod) => findProfiles(pod, APPARMOR, allowed);
  },
  describe: describeProfiles('AppArmor profile not allowed'),
  examples: {
    pass: [
      {
        name: 'the default, profiles of the list, and nothing',
        parameters: { appArmor: { allowedLocalhost: ['k8s-*'] } },
        pod: {
          metadata: {
            annotations: {
              [`${APPARMOR_ANNOTATION_PREFIX}a`]: 'localhost/k8s-app',
              [`${APPARMOR_ANNOTATION_PREFIX}b`]: '',
              [`x.${APPARMOR_ANNOTATION_PREFIX}a`]: 'unconfined',
            },
          },
          spec: {
            securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
            containers: [
              { name: 'a', securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'k8s-app' } } },
            ],
            ephemeralContainers: [{ name: 'e', securityContext: { appArmorProfile: null } }],
          },
        },
      },
    ],
    fail: [
      {
        name: 'the pod, every list of containers, and annotations',
        parameters: { appArmor: { allowedLocalhost: ['k8s-app'] } },
        pod: {
          metadata: {
            annotations: {
              [`${APPARMOR_ANNOTATION_PREFIX}a`]: 'unconfined',
              [`${APPARMOR_ANNOTATION_PREFIX}ghost`]: 'localhost/other',
            },
          },
          spec: {
            securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'K8S-app' } },
            initContainers: [{ name: 'i', securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
            containers: [{ name: 'a', securityContext: { appArmorProfile: { type: 'localhost' } } }],
            ephemeralContainers: [
              { name: 'e', securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'k8s-app2' } } },
            ],
          },
        },
        says:
          'AppArmor profile not allowed (pod and containers "i", "a", "e" and annotations set "localhost/K8S-app", "Unconfined", ' +
          '"localhost", "localhost/k8s-app2", "unconfined", "localhost/other"; allowed: RuntimeDefault and of Localhost "k8s-app")',
        paths: [
          'spec.securityContext.appArmorProfile.localhostProfile',
          'spec.initContainers[0].securityContext.appArmorProfile.type',
          'spec.containers[0].securityContext.appArmorProfile.type',
          'spec.ephemeralContainers[0].securityContext.appArmorProfile.localhostProfile',
          `metadata.annotations[${APPARMOR_ANNOTATION_PREFIX}a]`,
          `metadata.annotations[${APPARMOR_ANNOTATION_PREFIX}ghost]`,
        ],
        values: ['K8S-app', 'Unconfined', 'localhost', 'k8s-app2', 'unconfined', 'localhost/other'],
      },
    ],
  },
};
