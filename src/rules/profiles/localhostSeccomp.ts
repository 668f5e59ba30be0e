/*
A seccomp profile of the node can be any file that somebody put there, also one that allows everything.

**Restricted Fields:** `seccompProfile.type` and `seccompProfile.localhostProfile` of
spec.securityContext
spec.containers[*].securityContext
spec.initContainers[*].securityContext
spec.ephemeralContainers[*].securityContext
and metadata.annotations['seccomp.security.alpha.kubernetes.io/pod'],
metadata.annotations['container.seccomp.security.alpha.kubernetes.io/*']

**Allowed Values:** RuntimeDefault; Localhost with a file that the policy allows; undefined/null
*/
import { SECCOMP_CONTAINER_ANNOTATION_PREFIX, SECCOMP_POD_ANNOTATION } from '../../model/names.ts';
import type { RuleCheck } from '../check.ts';
import { nameList } from '../name-list.ts';
import { describeProfiles, findProfiles, type ProfileKind, profilesInWords } from './localhost-profiles.ts';
import type { ProfilesParameters } from './parameters.ts';

const SECCOMP: ProfileKind = {
  field: 'seccompProfile',
  isAnnotation: (key) => key === SECCOMP_POD_ANNOTATION || key.startsWith(SECCOMP_CONTAINER_ANNOTATION_PREFIX),
  defaults: ['runtime/default', 'docker/default'],
};

/** A check that pods run under no seccomp profile but the runtime's default and those that the policy allows. */
export const localhostSeccomp: RuleCheck<ProfilesParameters> = {
  id: 'localhostSeccomp',
  title: 'Seccomp profiles must be the default of the runtime, or profiles of the node that the policy allows.',
  fix: 'set seccompProfile.type to RuntimeDefault, or name a profile that the policy allows, and remove the annotations of seccomp',
  platform: 'any',
  repeats: ['seccompProfile_baseline', 'seccompProfile_restricted'],
  compile: ({ seccomp }) => {
    const patterns = seccomp?.allowedLocalhost;
    if (patterns === undefined) return undefined;
    const matches = nameList(patterns).includes;
    const allowed = {
      includes: (file: string) => {
        const normal = normalFile(file);
        return normal !== undefined && matches(normal);
      },
      inWords: profilesInWords(patterns),
    };
    return (pod) => findProfiles(pod, SECCOMP, allowed);
  },
  describe: describeProfiles('seccomp profile not allowed'),
  examples: {
    pass: [
      {
        name: 'the default, profiles of the list, and nothing',
        parameters: { seccomp: { allowedLocalhost: ['profiles/*.json', 'strict'] } },
        pod: {
          metadata: { annotations: { [SECCOMP_POD_ANNOTATION]: 'runtime/default', other: 'unconfined' } },
          spec: {
            securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/a.json' } },
            initContainers: [{ name: 'i', securityContext: { seccompProfile: null } }],
            containers: [
              { name: 'a', securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
              { name: 'b', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: './/strict' } } },
            ],
          },
        },
      },
    ],
    fail: [
      {
        name: 'the pod and every list of containers',
        parameters: { seccomp: { allowedLocalhost: ['profiles/*.json'] } },
        pod: {
          spec: {
            securityContext: { seccompProfile: { type: 'Unconfined' } },
            initContainers: [
              {
                name: 'i',
                securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/../a.json' } },
              },
            ],
            containers: [
              { name: 'a', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } } },
            ],
            ephemeralContainers: [{ name: 'e', securityContext: { seccompProfile: { type: 'Localhost' } } }],
          },
        },
        says:
          'seccomp profile not allowed (pod and containers "i", "a", "e" set "Unconfined", "localhost/profiles/../a.json", ' +
          '"localhost/a.json", "localhost/"; allowed: RuntimeDefault and of Localhost "profiles/*.json")',
        paths: [
          'spec.securityContext.seccompProfile.type',
          'spec.initContainers[0].securityContext.seccompProfile.localhostProfile',
          'spec.containers[0].securityContext.seccompProfile.localhostProfile',
          'spec.ephemeralContainers[0].securityContext.seccompProfile.localhostProfile',
        ],
        values: ['Unconfined', 'profiles/../a.json', 'a.json', undefined],
      },
      {
        name: 'annotations, also for a container that does not exist',
        parameters: { seccomp: { allowedLocalhost: [] } },
        pod: {
          metadata: {
            annotations: {
              [SECCOMP_POD_ANNOTATION]: 'unconfined',
              [`${SECCOMP_CONTAINER_ANNOTATION_PREFIX}ghost`]: 'localhost/x',
            },
          },
        },
        says: 'seccomp profile not allowed (annotations set "unconfined", "localhost/x"; allowed: RuntimeDefault)',
        paths: [
          `metadata.annotations[${SECCOMP_POD_ANNOTATION}]`,
          `metadata.annotations[${SECCOMP_CONTAINER_ANNOTATION_PREFIX}ghost]`,
        ],
        values: ['unconfined', 'localhost/x'],
      },
    ],
  },
};

/** The file as the kubelet finds it below its folder; undefined for a path that leads up, which Kubernetes refuses. */
function normalFile(file: string): string | undefined {
  if (!file.includes('/')) return file === '..' ? undefined : file;
  const parts = file.split('/');
  if (parts.includes('..') || parts[0] === '') return undefined;
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}
