// Sandboxes that are there: what can be changed of them, and the pod that their controller makes, which may use no class.
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { expectOk } from '../../control-plane/expect-ok.ts';
import { refOf } from '../../control-plane/kube-client.ts';
import type { KubeReply } from '../../control-plane/kube-http.ts';
import { waitFor } from '../../control-plane/wait-for.ts';
import { type Answer, answerOf } from '../../support/answers.ts';
import { type Change, found, put } from '../../support/change.ts';
import { type SandboxController, startSandboxController } from '../../support/sandbox-controller.ts';
import { sandboxOf } from '../../support/workloads.ts';
import type { Place } from '../place.ts';
import { tierLabels } from '../policies.ts';
import type { Attempt, Section } from './attempt.ts';
import { askingSandbox, CONFLICT, DAEMON, onSandboxAlone, POD, TEMPLATE_ANNOTATIONS } from './sandbox-asking.ts';

/** Changes the Sandbox that is there, in a dry run. */
function updated(
  what: string,
  change: Change,
  says: string,
  verdict: Attempt['verdict'] = 'refused',
  because?: string,
): Attempt {
  return {
    what,
    verdict,
    says,
    ...(because !== undefined && { because }),
    async run({ alice, namespace }) {
      const { body } = await expectOk(alice.get(refOf(sandboxOf(namespace, 'there'))));
      return answerOf(await alice.update(change(body), { dryRun: true }));
    },
  };
}

let controller: SandboxController | undefined;

/** Creates a Sandbox, and gives back what the server says to its controller. */
async function podOf(client: Place['alice'], sandbox: JsonObject): Promise<Answer> {
  const { namespace = '', name } = refOf(sandbox);
  await expectOk(client.create(sandbox));
  const find = (): KubeReply | undefined => controller?.replies.get(`${namespace}/${name}`);
  return answerOf(await waitFor(find, { within: 60_000, what: `the pod of ${name} was tried` }));
}

/** The pod of a Sandbox, when the controller makes it. */
function made(
  what: string,
  verdict: Attempt['verdict'],
  says: string,
  make: (place: Place) => Promise<Answer>,
  because?: string,
): Attempt {
  return { what, verdict, says, run: make, ...(because !== undefined && { because }) };
}

export const SANDBOX_POD_ATTEMPTS: Section = {
  title: 'Sandboxes that are there, and their pods',
  about:
    'Their pods are made by a controller, under its own name: what counts is the service account of the pod. The policy here says `into: Object`.',
  labels: tierLabels('stored'),
  async prepare(place) {
    const started = await startSandboxController(place.plane);
    controller = started;
    await expectOk(place.alice.create(askingSandbox(place.namespace, { name: 'there' })));
    return async () => await started.stop();
  },
  attempts: [
    made(
      'the pod of a Sandbox of builder’s',
      'let in',
      '',
      async ({ alice, namespace }) => await podOf(alice, askingSandbox(namespace, { name: 'by-alice' })),
      'Builder may use docker, whoever makes the pod.',
    ),
    made(
      'the pod of a Sandbox that asks by itself alone',
      'let in',
      '',
      async ({ alice, namespace }) => await podOf(alice, onSandboxAlone(askingSandbox(namespace, { name: 'alone' }))),
      'The request was handed on.',
    ),
    made(
      'Dora’s Sandbox, of a service account that may not: she may, but she does not make its pod',
      'refused',
      'service account "idle" may not use',
      async ({ dora, namespace }) =>
        answerOf(await dora.create(askingSandbox(namespace, { name: 'by-dora', serviceAccountName: 'idle' }))),
    ),
    made(
      'a claim in the place of the data, which the controller puts there',
      'refused',
      'capability_volume_name_conflict: docker-data',
      async ({ alice, namespace }) => {
        const claims = [{ metadata: { name: 'docker-data' }, spec: { accessModes: ['ReadWriteOnce'] } }];
        return await podOf(
          alice,
          put(claims, 'spec', 'volumeClaimTemplates')(askingSandbox(namespace, { name: 'claims' })),
        );
      },
    ),
    updated(
      'another image for the daemon of a Sandbox that is there',
      put('example.com/evil:1', ...DAEMON, 'image'),
      `${CONFLICT} (image is`,
    ),
    updated(
      'the request of a Sandbox that is there, taken off',
      put(undefined, ...TEMPLATE_ANNOTATIONS),
      'took what was stored of class "docker" out',
      'let in',
      'What the class added is taken out with it.',
    ),
    updated(
      'another service account for a Sandbox that is there',
      put('idle', ...POD, 'serviceAccountName'),
      'service account "idle" may not use',
    ),
    {
      what: 'the daemon taken out',
      verdict: 'let in',
      says: '',
      because: 'It is put in again.',
      async run({ alice, namespace }) {
        const { body } = await expectOk(alice.get(refOf(sandboxOf(namespace, 'there'))));
        const reply = await alice.update(put(undefined, ...DAEMON)(body), { dryRun: true });
        expect(found(reply.body, ...DAEMON)).toEqual(found(body, ...DAEMON));
        return answerOf(reply);
      },
    },
    updated('its limits taken out', put(undefined, ...DAEMON, 'resources'), `${CONFLICT} (resources is nothing`),
    updated(
      'a label on a Sandbox that is there',
      put('b', 'metadata', 'labels', 'a'),
      '',
      'let in',
      'Nothing of its pod is another.',
    ),
  ],
};
