/*
Volumes must not be directories or files of the node.

**Restricted Fields:**
spec.volumes[*].hostPath

**Allowed Values:** undefined/null
*/
import type { PodView } from '../../kubernetes/containers.ts';
import type { Sentence, Violation } from '../../model/finding.ts';
import { joinQuoted, pluralize } from '../../model/text.ts';
import type { Check } from '../check.ts';
import { append } from '../violations.ts';

/** A baseline check that forbids hostPath volumes in 1.0+. */
export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  title: "Volumes must not mount the node's file system.",
  fix: 'replace the hostPath volume with an emptyDir, a persistentVolumeClaim, or another volume type',
  versions: [{ since: '1.0', check: hostPathVolumes_1_0 }],
  describe,
  examples: {
    pass: [
      { name: 'no volumes', pod: { spec: { volumes: null } } },
      { name: 'other volumes', pod: { spec: { volumes: [{ name: 'a', emptyDir: {} }, { name: 'b' }] } } },
      { name: 'null', pod: { spec: { volumes: [{ name: 'a', hostPath: null, emptyDir: {} }] } } },
    ],
    fail: [
      {
        name: 'a volume',
        pod: { spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }] } },
        says: 'hostPath volumes (volume "a")',
        paths: ['spec.volumes[0].hostPath'],
        values: [{ path: '/' }],
      },
      {
        name: 'several, among others',
        pod: { spec: { volumes: [{ name: 'b', hostPath: {} }, { name: 'fine' }, { name: 'a', hostPath: {} }] } },
        says: 'hostPath volumes (volumes "b", "a")',
        paths: ['spec.volumes[0].hostPath', 'spec.volumes[2].hostPath'],
        values: [{}, {}],
      },
    ],
  },
};

function hostPathVolumes_1_0(pod: PodView): readonly Violation[] | undefined {
  const { volumes } = pod.spec;
  if (!volumes) return undefined;
  let found: Violation[] | undefined;
  for (const [index, { name, hostPath }] of volumes.entries()) {
    if (hostPath === undefined || hostPath === null) continue;
    found = append(found, { path: `spec.volumes[${index}].hostPath`, value: hostPath, volume: name ?? '' });
  }
  return found;
}

function describe(violations: readonly Violation[]): Sentence {
  const names = violations.map(({ volume = '' }) => volume);
  return {
    reason: 'hostPath volumes',
    detail: `${pluralize('volume', 'volumes', names.length)} ${joinQuoted(names)}`,
  };
}
