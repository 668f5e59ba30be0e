// Sandboxes of agent-sandbox: asked for by the Sandbox or by its pod template, and stored as custom resources whose pod nobody
// has looked at.
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { expectOk } from '../../control-plane/expect-ok.ts';
import type { KubeReply } from '../../control-plane/kube-http.ts';
import { answerOf } from '../../support/answers.ts';
import { all, type Change, found, NEXT, put } from '../../support/change.ts';
import { SANDBOX, type SandboxKind } from '../../support/workloads.ts';
import { ASKS } from '../names.ts';
import type { Place } from '../place.ts';
import { tierLabels } from '../policies.ts';
import type { Attempt, Section } from './attempt.ts';
import { askingSandbox, CONFLICT, DAEMON, onSandboxAlone, POD, TEMPLATE_ANNOTATIONS } from './sandbox-asking.ts';

const APP = [...POD, 'containers', 'app'] as const;
const OLD: SandboxKind = { kind: 'Sandbox', version: 'v1alpha1' };
const TEMPLATES: SandboxKind = { kind: 'SandboxTemplate', version: 'v1beta1' };

/** In a dry run: no controller is to make pods of these. */
async function dry({ alice }: Place, sandbox: JsonObject): Promise<KubeReply> {
  return await alice.create(sandbox, { dryRun: true });
}

/** A Sandbox as the class left it: what can be sent again. */
async function stored(place: Place, kind = SANDBOX): Promise<JsonObject> {
  const sandbox = askingSandbox(place.namespace, { kind });
  const { body } = await expectOk(dry(place, sandbox));
  return { ...sandbox, spec: body.spec };
}

/** As the class left it, changed. */
function forged(what: string, change: Change, says: string, kind = SANDBOX): Attempt {
  return {
    what,
    verdict: 'refused',
    says,
    run: async (place) => answerOf(await dry(place, change(await stored(place, kind)))),
  };
}

/** Before the class has a say. */
function written(what: string, change: Change, says: string, kind = SANDBOX): Attempt {
  return {
    what,
    verdict: 'refused',
    says,
    run: async (place) => answerOf(await dry(place, change(askingSandbox(place.namespace, { kind })))),
  };
}

/** Where the Sandbox is stored with a daemon in its template, and the request beside it. */
function given(what: string, kind: SandboxKind, change: Change): Attempt {
  return {
    what,
    verdict: 'let in',
    says: '',
    because: 'Both places count. What the Sandbox asks for is written into its template: the pod is judged by itself.',
    async run(place) {
      const reply = await dry(place, change(askingSandbox(place.namespace, { kind })));
      expect(found(reply.body, ...DAEMON)).toBeDefined();
      expect(found(reply.body, ...TEMPLATE_ANNOTATIONS, ASKS)).toBe('docker');
      return answerOf(reply);
    },
  };
}

export const SANDBOX_ATTEMPTS: Section = {
  title: 'Sandboxes',
  about:
    'A Sandbox is stored as it is written: there are no defaults, no limits, and names may come twice. The policy here says `into: Object`, so that the class is stored with it.',
  labels: tierLabels('stored'),
  attempts: [
    given('docker, asked for by the template alone', SANDBOX, (sandbox) => sandbox),
    given('docker, asked for by the Sandbox alone', SANDBOX, onSandboxAlone),
    given('docker, asked for by a Sandbox of v1alpha1 alone', OLD, onSandboxAlone),
    given('docker, asked for by a SandboxTemplate alone', TEMPLATES, onSandboxAlone),
    forged('another image for the daemon', put('example.com/evil:1', ...DAEMON, 'image'), `${CONFLICT} (image is`),
    forged('the same, of v1alpha1', put('example.com/evil:1', ...DAEMON, 'image'), `${CONFLICT} (image is`, OLD),
    forged(
      'the same, of a SandboxTemplate',
      put('example.com/evil:1', ...DAEMON, 'image'),
      `${CONFLICT} (image is`,
      TEMPLATES,
    ),
    forged(
      'a field that Kubernetes does not know, in the daemon',
      put('x', ...DAEMON, 'securityContext', 'more'),
      `${CONFLICT} (securityContext.more is "x"`,
    ),
    forged(
      'a number in the place of a text',
      put(1000, ...DAEMON, 'env', 'DOCKERD_ROOTLESS_ROOTLESSKIT_NET', 'value'),
      '',
    ),
    forged(
      'a second daemon of the same name',
      put({ name: 'docker-daemon', image: 'example.com/evil:1' }, ...POD, 'initContainers', NEXT),
      `${CONFLICT} (initContainers has a container of this name`,
    ),
    forged(
      'a second volume of the same name',
      put({ name: 'docker-data', hostPath: { path: '/' } }, ...POD, 'volumes', NEXT),
      'capability_volume_name_conflict: docker-data (several volumes have this name)',
    ),
    forged(
      'the socket mounted twice at one path, to write to',
      put({ name: 'docker-socket', mountPath: '/run/docker-socket' }, ...APP, 'volumeMounts', NEXT),
      'docker-socket',
    ),
    forged(
      'the data as a block device',
      put([{ name: 'docker-data', devicePath: '/dev/loot' }], ...APP, 'volumeDevices'),
      'capability_invalid_pod: docker (class "docker" brings hostUsers false',
    ),
    forged(
      'one process namespace for all containers',
      put(true, ...POD, 'shareProcessNamespace'),
      'capability_process_namespace',
    ),
    forged(
      'an ephemeral container in the template, with the socket',
      put(
        [{ name: 'debug', image: 'example.com/debug:1', volumeMounts: [{ name: 'docker-socket', mountPath: '/s' }] }],
        ...POD,
        'ephemeralContainers',
      ),
      'capability_volume_not_granted: docker-socket (container "debug"',
    ),
    forged('none of it asked for any more', put(undefined, ...TEMPLATE_ANNOTATIONS), 'container "docker-daemon"'),
    written(
      'a service account that may not',
      put('idle', ...POD, 'serviceAccountName'),
      'service account "idle" may not use',
    ),
    written(
      'the name of one that may in the old field, beside the new one',
      all(put('idle', ...POD, 'serviceAccountName'), put('builder', ...POD, 'serviceAccount')),
      'service account "idle" may not use',
    ),
    written(
      'a service account by its whole name',
      put('system:serviceaccount:other:builder', ...POD, 'serviceAccountName'),
      'capability_not_authorized: docker',
    ),
    written(
      'a service account with a line end in its name',
      put('builder\n', ...POD, 'serviceAccountName'),
      'capability_not_authorized: docker',
    ),
    written(
      'a service account by a path',
      put('../builder', ...POD, 'serviceAccountName'),
      'capability_not_authorized: docker',
    ),
    written(
      'an affinity that no condition can be asked about',
      all(
        put('nsjail', ...TEMPLATE_ANNOTATIONS, ASKS),
        put(
          [5],
          ...POD,
          'affinity',
          'nodeAffinity',
          'requiredDuringSchedulingIgnoredDuringExecution',
          'nodeSelectorTerms',
        ),
      ),
      'wrong type (spec.podTemplate.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0] must be an object)',
    ),
    written(
      'a list of names instead of a text',
      put(['docker'], ...TEMPLATE_ANNOTATIONS, ASKS),
      'wrong type (spec.podTemplate.metadata.annotations[sandgate.dev/capabilities] must be a string)',
    ),
    written(
      'one request on the Sandbox that is allowed, and one on the template that is not',
      all(put({ [ASKS]: 'docker' }, 'metadata', 'annotations'), put('landjail', ...TEMPLATE_ANNOTATIONS, ASKS)),
      'landjail_capability_not_configured',
    ),
  ],
};
