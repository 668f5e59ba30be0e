// A pod that runs: what can still be changed of it, and what can be made of a copy.
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { expectOk } from '../../control-plane/expect-ok.ts';
import type { KubeReply } from '../../control-plane/kube-http.ts';
import { type Answer, answerOf, refusal } from '../../support/answers.ts';
import { found, put } from '../../support/change.ts';
import { DAEMON } from '../names.ts';
import type { Place } from '../place.ts';
import { askingPod } from '../pods.ts';
import { tierLabels } from '../policies.ts';
import { type Attempt, byKubernetes, type Section } from './attempt.ts';

const RUNNING = 'running';
/** Of somebody who may use docker, with a service account that may not. */
const DORAS = 'of-dora';
const CONFLICT = 'capability_container_name_conflict: docker-daemon';

function edit({ alice, namespace }: Place, change: JsonObject, subresource?: string): Promise<KubeReply> {
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: RUNNING };
  return alice.patch(ref, change, 'strategic', subresource === undefined ? {} : { subresource });
}

function edited(what: string, spec: JsonObject, says: string, subresource?: string): Attempt {
  return { what, verdict: 'refused', says, run: async (place) => answerOf(await edit(place, { spec }, subresource)) };
}

function noted(what: string, metadata: JsonObject, says: string): Attempt {
  return { what, verdict: 'refused', says, run: async (place) => answerOf(await edit(place, { metadata })) };
}

/** An ephemeral container with these fields. */
function debugged(what: string, fields: JsonObject, says: string): Attempt {
  const ephemeralContainers = [{ name: 'debug', image: 'example.com/debug:1', ...fields }];
  return edited(what, { ephemeralContainers }, says, 'ephemeralcontainers');
}

async function kubectlDebug({ plane, namespace }: Place, ...args: readonly string[]): Promise<Answer> {
  const inside = [`--namespace=${namespace}`, '--image=example.com/debug:1', '--quiet', '--container=debug'];
  const { code, stderr } = await plane.kubectl(['debug', RUNNING, ...inside, ...args], {
    user: 'alice',
    groups: ['tenants'],
  });
  return code === 0 ? { verdict: 'let in', message: stderr.trim() } : refusal(stderr.trim());
}

function byKubectl(what: string, says: string, ...args: readonly string[]): Attempt {
  return { what, verdict: 'refused', says, run: async (place) => await kubectlDebug(place, ...args) };
}

function mount(name: string, more: JsonObject = {}): JsonObject {
  return { volumeMounts: [{ name, mountPath: '/loot', ...more }] };
}

export const RUNNING_ATTEMPTS: Section = {
  title: 'A pod that runs',
  about: 'It was let in, with docker and nsjail. What can be edited of it is judged against the same grants.',
  labels: tierLabels('rootless-tun-host-path'),
  async prepare({ alice, dora, namespace }) {
    const requests = { resources: { requests: { cpu: '1m' } } };
    const containers = ['app', 'side'].map((name) => ({ name, image: `example.com/${name}:1`, ...requests }));
    await expectOk(
      alice.create(askingPod(namespace, { name: RUNNING, classes: 'docker,nsjail', spec: { containers } })),
    );
    await expectOk(alice.create(askingPod(namespace, { name: 'plain', classes: undefined })));
    const spec = { containers, serviceAccountName: 'idle' };
    await expectOk(dora.create(askingPod(namespace, { name: DORAS, classes: 'docker', spec })));
    return undefined;
  },
  attempts: [
    edited(
      'another image for the daemon',
      { initContainers: [{ name: 'docker-daemon', image: 'example.com/evil:1' }] },
      `${CONFLICT} (image is "example.com/evil:1"`,
    ),
    edited(
      'the same image without its digest',
      { initContainers: [{ name: 'docker-daemon', image: 'docker.io/library/docker:29.7.2-dind-rootless' }] },
      `${CONFLICT} (image is "docker.io/library/docker:29.7.2-dind-rootless"`,
    ),
    edited(
      'another image for the init container of the class',
      { initContainers: [{ name: 'docker-subid-init', image: 'example.com/evil:1' }] },
      'capability_container_name_conflict: docker-subid-init (image is',
    ),
    edited(
      'higher limits for the daemon, in place',
      { initContainers: [{ name: 'docker-daemon', resources: { limits: { cpu: '64' }, requests: { cpu: '500m' } } }] },
      `${CONFLICT} (resources.limits.cpu is "64"`,
      'resize',
    ),
    {
      what: 'the same of a pod of somebody who may use the class, by somebody who may not',
      verdict: 'refused',
      says: 'capability_not_authorized: docker',
      async run({ alice, namespace }) {
        const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: DORAS };
        const spec = { initContainers: [{ name: 'docker-daemon', resources: { limits: { cpu: '64' } } }] };
        return answerOf(await alice.patch(ref, { spec }, 'strategic', { subresource: 'resize' }));
      },
    },
    edited(
      'a toleration by which the class would be another',
      {
        tolerations: [
          { key: 'sandgate.dev/node-profile', operator: 'Equal', value: 'bottlerocket', effect: 'NoSchedule' },
        ],
      },
      'capability_',
    ),
    noted(
      'the request taken off',
      { annotations: { 'sandgate.dev/capabilities': null } },
      'procMount (container "docker-daemon"',
    ),
    noted(
      'another request',
      { annotations: { 'sandgate.dev/capabilities': 'nsjail' } },
      'procMount (container "docker-daemon"',
    ),
    noted(
      'the grant moved to another container',
      { annotations: { 'sandgate.dev/nsjail-containers': 'side' } },
      'unrestricted capabilities (container "app" must not include "NET_ADMIN"',
    ),
    noted(
      'the socket moved to another container',
      { annotations: { 'sandgate.dev/docker-containers': 'side' } },
      'capability_volume_not_granted: docker-socket (container "app"',
    ),
    noted(
      'the socket given to a debug container',
      { annotations: { 'sandgate.dev/docker-containers': 'harmless' } },
      'there is no container "harmless"',
    ),
    noted(
      'one class more',
      { annotations: { 'sandgate.dev/capabilities': 'docker,nsjail,landjail' } },
      'landjail_capability_not_configured',
    ),
    debugged(
      'a debug container with the socket',
      mount('docker-socket', { readOnly: true }),
      'capability_volume_not_granted: docker-socket (container "debug"',
    ),
    debugged(
      'a debug container with the socket, as the class mounts it',
      { volumeMounts: [{ name: 'docker-socket', mountPath: '/run/docker-socket', readOnly: true }] },
      'capability_volume_not_granted: docker-socket (container "debug"',
    ),
    debugged(
      'a debug container with the data',
      mount('docker-data'),
      'capability_volume_not_granted: docker-data (container "debug"',
    ),
    debugged(
      'a debug container with a variable from a file of the data',
      { env: [{ name: 'LOOT', valueFrom: { fileKeyRef: { volumeName: 'docker-data', path: 'a.env', key: 'A' } } }] },
      'capability_volume_not_granted: docker-data (container "debug" must not use volume "docker-data" in variable "LOOT"',
    ),
    debugged(
      'a debug container with the tun device',
      mount('docker-tun'),
      'capability_volume_not_granted: docker-tun (container "debug"',
    ),
    debugged(
      'a debug container among the processes of the daemon',
      { targetContainerName: 'docker-daemon' },
      'capability_process_namespace: docker-daemon (ephemeral container "debug" must not enter the processes of container "docker-daemon"',
    ),
    debugged(
      'a debug container among the processes of the container that has the socket',
      { targetContainerName: 'app' },
      'capability_process_namespace: app (ephemeral container "debug" must not enter the processes of container "app"',
    ),
    debugged(
      'a debug container with the granted capability',
      { securityContext: { capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } } },
      'unrestricted capabilities (container "debug" must not include "NET_ADMIN"',
    ),
    debugged(
      'a privileged debug container',
      { securityContext: { privileged: true } },
      'privileged (container "debug" must not set',
    ),
    debugged(
      'a debug container with the /proc of the daemon',
      { securityContext: { procMount: 'Unmasked' } },
      'procMount (container "debug" must not set',
    ),
    byKubectl(
      '`kubectl debug --target=docker-daemon`',
      'capability_process_namespace: docker-daemon',
      '--profile=restricted',
      '--target=docker-daemon',
    ),
    byKubectl(
      '`kubectl debug --profile=netadmin`',
      'unrestricted capabilities (container "debug" must not include "NET_ADMIN"',
      '--profile=netadmin',
    ),
    byKubectl('`kubectl debug --profile=sysadmin`', 'privileged (container "debug" must not set', '--profile=sysadmin'),
    byKubectl(
      '`kubectl debug --copy-to`, which shares the processes of all containers',
      'capability_process_namespace (shareProcessNamespace lets',
      '--profile=restricted',
      '--copy-to=copy',
      '--keep-annotations',
      '--keep-init-containers',
    ),
    byKubectl(
      '`kubectl debug --copy-to`, without its annotations',
      'container "docker-daemon"',
      '--profile=restricted',
      '--copy-to=copy',
      '--share-processes=false',
      '--keep-init-containers',
    ),
    ...byKubernetes([
      edited(
        'other arguments for the daemon',
        { initContainers: [{ name: 'docker-daemon', args: ['dockerd'] }] },
        'pod updates may not change fields other than',
      ),
      edited(
        'one more container',
        { containers: [{ name: 'more', image: 'example.com/more:1' }] },
        'may not add or remove containers',
      ),
      edited(
        'a debug container of the name of the daemon',
        { ephemeralContainers: [{ name: 'docker-daemon', image: 'example.com/evil:1' }] },
        'Duplicate value: "docker-daemon"',
        'ephemeralcontainers',
      ),
      debugged(
        'a debug container with the socket through subPath',
        mount('docker-socket', { subPath: 'docker.sock' }),
        'subPath',
      ),
      {
        what: 'a class for a pod that runs without one',
        verdict: 'refused',
        says: 'pod updates may not add or remove containers',
        async run({ alice, namespace }) {
          const { body: plain } = await expectOk(
            alice.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: 'plain' }),
          );
          const { body: running } = await expectOk(
            alice.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: RUNNING }),
          );
          return answerOf(await alice.update(put(running.spec, 'spec')(plain)));
        },
      },
    ]),
    {
      what: 'the request alone, on a pod that runs without a daemon',
      verdict: 'let in',
      says: '',
      because: 'A note on a pod that runs. Nothing is merged into it any more, and nothing is granted.',
      async run({ alice, namespace }) {
        const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'plain' };
        const reply = await alice.patch(
          ref,
          { metadata: { annotations: { 'sandgate.dev/capabilities': 'docker' } } },
          'merge',
        );
        expect(found(reply.body, ...DAEMON)).toBeUndefined();
        return answerOf(reply);
      },
    },
    {
      what: 'another image for the daemon of a pod that is being deleted',
      verdict: 'let in',
      says: '',
      because:
        'The last words of a dying object must go through, or a namespace could not be deleted. Of a pod with a deletion ' +
        'timestamp no node starts anything any more.',
      async run({ alice, plane, namespace }) {
        const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'dying' };
        const pod = put(['example.com/hold'], 'metadata', 'finalizers')(askingPod(namespace, { name: 'dying' }));
        await expectOk(alice.create(pod));
        await expectOk(alice.delete(ref));
        const spec = { initContainers: [{ name: 'docker-daemon', image: 'example.com/evil:1' }] };
        const reply = await alice.patch(ref, { spec }, 'strategic');
        await expectOk(plane.admin.patch(ref, { metadata: { finalizers: null } }, 'merge'));
        return answerOf(reply);
      },
    },
    {
      what: 'another image for a container of one’s own',
      verdict: 'let in',
      says: '',
      because: 'It is theirs.',
      run: async (place) =>
        answerOf(await edit(place, { spec: { containers: [{ name: 'side', image: 'example.com/side:2' }] } })),
    },
    {
      what: 'a debug container that takes nothing of the daemon’s',
      verdict: 'let in',
      says: '',
      because: 'It is completed like any other container, and has no part in what was granted.',
      run: async (place) => {
        const ephemeralContainers = [{ name: 'harmless', image: 'example.com/debug:1', targetContainerName: 'side' }];
        return answerOf(await edit(place, { spec: { ephemeralContainers } }, 'ephemeralcontainers'));
      },
    },
  ],
};
