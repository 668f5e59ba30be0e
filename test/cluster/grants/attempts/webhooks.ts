// Somebody else's mutating webhook that touches what the class put into a pod. What counts is the pod that is left.
import { expect } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../../src/model/json.ts';
import { at, listAt } from '../../control-plane/at.ts';
import { type Answer, answerOf } from '../../support/answers.ts';
import { found } from '../../support/change.ts';
import { type OtherWebhookOptions, type PatchPod, startOtherWebhook } from '../../support/other-webhook.ts';
import { DAEMON } from '../names.ts';
import { makePlace, type Place } from '../place.ts';
import { askingPod } from '../pods.ts';
import { tierLabels } from '../policies.ts';
import { type Attempt, remove, type Section } from './attempt.ts';

/** Where a container is, as a JSON patch says it; undefined where it is not. */
function pathTo(pod: JsonObject, list: 'initContainers' | 'containers', name: string): string | undefined {
  const index = listAt(pod, 'spec', list).findIndex((container) => at(container, 'name') === name);
  return index === -1 ? undefined : `/spec/${list}/${index}`;
}

/** Patches the daemon, where it is there. */
function onDaemon(patch: (path: string, daemon: JsonObject) => readonly JsonObject[]): PatchPod {
  return (pod) => {
    const path = pathTo(pod, 'initContainers', 'docker-daemon');
    const daemon = listAt(pod, 'spec', 'initContainers').find((one) => at(one, 'name') === 'docker-daemon');
    return path === undefined || !isJsonObject(daemon) ? [] : patch(path, daemon);
  };
}

/** A pod of builder's, in a namespace of its own where such a webhook is registered. */
async function under(
  { plane }: Place,
  options: Pick<OtherWebhookOptions, 'name' | 'patch' | 'reinvocationPolicy'>,
  check?: (pod: JsonObject) => void,
): Promise<Answer> {
  const place = await makePlace(plane, tierLabels('rootless-tun-host-path'));
  const { alice, namespace } = place;
  const other = await startOtherWebhook(plane, { ...options, namespace });
  try {
    const reply = await alice.create(askingPod(namespace));
    if (reply.status === 201) {
      check?.(reply.body);
      await remove(place, 'mine');
    }
    return answerOf(reply);
  } finally {
    await other.stop();
  }
}

/** One that is asked after us, and refused. */
function refused(what: string, patch: PatchPod, says: string, verdict: Attempt['verdict'] = 'refused'): Attempt {
  const run = async (place: Place): Promise<Answer> => await under(place, { name: 'z-other', patch });
  return { what, verdict, says, run };
}

const CONFLICT = 'capability_container_name_conflict: docker-daemon';
const LIMITS: PatchPod = onDaemon((path, daemon) =>
  at(daemon, 'resources') === undefined ? [] : [{ op: 'remove', path: `${path}/resources` }],
);
const TAKEN_OUT: PatchPod = onDaemon((path) => [{ op: 'remove', path }]);

export const WEBHOOK_ATTEMPTS: Section = {
  title: 'Other webhooks',
  about:
    'A mutating webhook of somebody else’s, asked after ours unless it says otherwise. Ours is asked again where it changed ' +
    'something, and the validating one sees what is left.',
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    refused('the limits of the daemon are taken out', LIMITS, `${CONFLICT} (resources is nothing`),
    refused(
      'a variable is given to the daemon',
      onDaemon((path, daemon) =>
        listAt(daemon, 'env').length > 1
          ? []
          : [{ op: 'add', path: `${path}/env/-`, value: { name: 'HTTPS_PROXY', value: 'http://mine:3128' } }],
      ),
      `${CONFLICT} (env[1] is {"name":"HTTPS_PROXY"`,
    ),
    refused(
      'the image of the daemon comes from another registry',
      onDaemon((path, daemon) => [
        {
          op: 'replace',
          path: `${path}/image`,
          value: String(at(daemon, 'image')).replace('docker.io', 'mirror.example.com'),
        },
      ]),
      `${CONFLICT} (image is "mirror.example.com/`,
    ),
    refused(
      'the daemon becomes privileged',
      onDaemon((path) => [{ op: 'replace', path: `${path}/securityContext/privileged`, value: true }]),
      `${CONFLICT} (securityContext.privileged is true`,
    ),
    refused(
      'the request is taken off',
      (pod) =>
        at(pod, 'metadata', 'annotations', 'sandgate.dev/capabilities') === undefined
          ? []
          : [{ op: 'remove', path: '/metadata/annotations/sandgate.dev~1capabilities' }],
      'procMount (container "docker-daemon"',
    ),
    refused(
      'the pod runs as another service account',
      () => [{ op: 'replace', path: '/spec/serviceAccountName', value: 'idle' }],
      'capability_not_authorized: docker (neither user "alice" nor service account "idle"',
    ),
    refused(
      'a container of the workload gets the data, too',
      (pod) =>
        pathTo(pod, 'initContainers', 'docker-daemon') === undefined
          ? []
          : [
              {
                op: 'add',
                path: '/spec/containers/1/volumeMounts',
                value: [{ name: 'docker-data', mountPath: '/loot' }],
              },
            ],
      'capability_volume_not_granted: docker-data (container "side"',
    ),
    refused(
      'the pod gets the ids of the node',
      (pod) =>
        at(pod, 'spec', 'hostUsers') === false ? [{ op: 'replace', path: '/spec/hostUsers', value: true }] : [],
      '`hostUsers` must be false',
      'refused by Kubernetes',
    ),
    {
      what: 'the daemon is taken out each time ours has put it in',
      verdict: 'refused',
      says: 'capability_not_injected: docker (missing: initContainers "docker-daemon"',
      run: async (place) => await under(place, { name: 'z-other', patch: TAKEN_OUT, reinvocationPolicy: 'IfNeeded' }),
    },
    {
      what: 'a daemon of the same name is there before ours is asked',
      verdict: 'refused',
      says: CONFLICT,
      run: async (place) =>
        await under(place, {
          name: 'a-other',
          patch: () => [
            {
              op: 'add',
              path: '/spec/initContainers/0',
              value: { name: 'docker-daemon', image: 'example.com/evil:1' },
            },
          ],
        }),
    },
    {
      what: 'the daemon is taken out once',
      verdict: 'let in',
      says: '',
      because: 'Ours is asked again, and puts it in again.',
      run: async (place) =>
        await under(place, { name: 'z-other', patch: TAKEN_OUT }, (pod) => {
          expect(found(pod, ...DAEMON)).toBeDefined();
        }),
    },
    {
      what: 'a container is put before the one that was granted the socket',
      verdict: 'let in',
      says: '',
      because: 'The grant stays with the container that had it: an annotation names it from the first time on.',
      run: async (place) =>
        await under(
          place,
          {
            name: 'z-other',
            patch: () => [
              { op: 'add', path: '/spec/containers/0', value: { name: 'proxy', image: 'example.com/proxy:1' } },
            ],
          },
          (pod) => {
            const granted = listAt(pod, 'spec', 'containers').filter((one) => listAt(one, 'env').length > 0);
            expect(granted.map((one) => at(one, 'name'))).toEqual(['app']);
          },
        ),
    },
  ],
};
