// What every shipped class promises, whatever else it is: it loads, and its containers leave nothing to chance.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { loadPolicies } from '../../../src/resources/load.ts';
import {
  asObject,
  BUNDLES,
  type Bundle,
  classText,
  implementationsOf,
  objectsIn,
  restrictedPolicy,
} from './shipped.ts';

function warningsOf(bundle: Bundle): readonly string[] {
  const policy = { file: 'policy.yaml', text: restrictedPolicy('p', '[]').replace('capabilities: []', 'priority: 1') };
  const loaded = loadPolicies([{ file: 'class.yaml', text: classText(bundle) }, policy]);
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.warnings.map(({ message }) => message);
}

test.each(['docker', 'landjail', 'nsjail'] as const)('%s loads without a doubt', (bundle) => {
  expect(warningsOf(bundle)).toEqual([]);
});

test('what k8s-runner injects is doubted, for what its README says of it', () => {
  const doubts = warningsOf('docker-k8s-runner').map((message) => message.replace(/^\S+ /, ''));
  expect(doubts.length).toBeGreaterThan(0);
  for (const doubt of doubts)
    expect(doubt).toMatch(/leaves open: |is not pinned: |has no sizeLimit: |cannot be mounted beside hostUsers: false/);
});

test('each class is asked for by the name its folder has, but for the one that stands in for another', () => {
  const names = BUNDLES.map((bundle) => [bundle, /^ {2}name: (.*)$/m.exec(classText(bundle))?.[1]]);
  expect(Object.fromEntries(names)).toEqual({
    docker: 'docker',
    'docker-k8s-runner': 'docker',
    landjail: 'landjail',
    nsjail: 'nsjail',
  });
});

const DOCKER = implementationsOf('docker').filter(({ reject }) => reject === undefined);

/** The fields of a container's security context that would come from the pod, or from the runtime. */
const SAID = [
  'privileged',
  'allowPrivilegeEscalation',
  'capabilities',
  'seccompProfile',
  'runAsUser',
  'runAsGroup',
  'runAsNonRoot',
];

function specOf(implementation: JsonObject): JsonObject {
  return asObject(asObject(implementation.template).spec);
}

describe.each(DOCKER.map((implementation) => [String(implementation.name), implementation] as const))(
  'docker, %s',
  (name, implementation) => {
    const containers = objectsIn(specOf(implementation).initContainers);
    const daemon = containers.find((container) => container.name === 'docker-daemon') ?? {};
    const words = [daemon.command ?? [], daemon.args].flat().join(' ');

    test('nothing of a container comes from the pod, which the workload writes', () => {
      expect(specOf(implementation).containers).toBeUndefined();
      for (const container of containers) {
        expect(Object.keys(asObject(container.securityContext))).toEqual(expect.arrayContaining(SAID));
        expect(container.image).toMatch(/^docker\.io\/library\/docker:29\.7\.2-\S+@sha256:[0-9a-f]{64}$/);
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown },
          limits: { cpu: expect.any(String) as unknown, memory: expect.any(String) as unknown },
        });
        // With one, the pod as a whole would have it: the kubelet adds up what the containers say.
        expect(asObject(asObject(container.resources).limits)).not.toHaveProperty('ephemeral-storage');
      }
    });

    test('the daemon is a sidecar that the workload waits for, and ends with it', () => {
      expect(daemon).toMatchObject({
        restartPolicy: 'Always',
        startupProbe: { exec: { command: ['docker', '--host=unix:///run/docker-socket/docker.sock', 'info'] } },
      });
      expect(containers.at(-1)).toBe(daemon);
    });

    test('it listens on the socket alone', () => {
      // The image's entrypoint adds a TCP listener where the first argument is not the daemon's name.
      expect(words).toMatch(/(^|dockerd-entrypoint\.sh )dockerd --host=unix:\/\/\/run\/docker-socket\/docker\.sock /m);
      expect(words.match(/--host=/g)).toHaveLength(1);
      expect(words).not.toMatch(/tcp:| -H/);
      expect(daemon).not.toHaveProperty('ports');
    });

    test('the workload gets the socket, read-only, and the group that may use it', () => {
      const group = name.startsWith('rootless') ? 1000 : 2375;
      expect(implementation.grant).toEqual({
        env: [{ name: 'DOCKER_HOST', value: 'unix:///run/docker-socket/docker.sock' }],
        volumeMounts: [{ name: 'docker-socket', mountPath: '/run/docker-socket', readOnly: true }],
      });
      expect(specOf(implementation).securityContext).toEqual({ supplementalGroups: [group] });
      // A rootless daemon's group 0 is the pod's group 1000.
      expect(words).toContain(`--group=${group === 1000 ? 0 : group}`);
    });

    test('no volume can fill the node', () => {
      for (const volume of objectsIn(specOf(implementation).volumes)) {
        const { emptyDir, hostPath, ephemeral } = volume;
        if (emptyDir !== undefined) expect(emptyDir).toHaveProperty('sizeLimit');
        else if (hostPath !== undefined)
          expect(hostPath).toEqual({ path: '/var/lib/sandgate/tun', type: 'CharDevice' });
        else expect(ephemeral).toMatchObject({ volumeClaimTemplate: { spec: { volumeMode: 'Block' } } });
      }
    });
  },
);

function chosen(bundle: Bundle): readonly JsonObject[] {
  return implementationsOf(bundle).filter(({ when, reject }) => when !== 'false' && reject === undefined);
}

describe('what is never chosen by a condition', () => {
  test('docker: a privileged container, or capabilities beyond setuid without a virtual machine around them', () => {
    for (const implementation of chosen('docker')) {
      const spec = specOf(implementation);
      for (const { securityContext } of objectsIn(spec.initContainers)) {
        expect(asObject(securityContext).privileged).toBe(false);
        const add = asObject(asObject(securityContext).capabilities).add ?? [];
        if (!String(spec.runtimeClassName).startsWith('kata-'))
          expect(['SETUID', 'SETGID']).toEqual(expect.arrayContaining([add].flat()));
      }
    }
  });

  test('the capability SYS_ADMIN by nsjail', () => {
    for (const { grant } of chosen('nsjail')) {
      expect(asObject(asObject(grant).securityContext).capabilities).toEqual({ add: ['NET_ADMIN'] });
    }
  });
});

test.each(['docker', 'docker-k8s-runner', 'nsjail'] as const)(
  'the golden cases of %s hold the class as it is shipped',
  (bundle) => {
    const file = resolve(import.meta.dirname, '../../golden', `capability-${bundle}`, 'policy.yaml');
    // There nobody can be asked who may use it.
    const shipped = classText(bundle).replace('authorization: RBAC', 'authorization: Policy');
    expect(readFileSync(file, 'utf8')).toContain(shipped);
  },
);
