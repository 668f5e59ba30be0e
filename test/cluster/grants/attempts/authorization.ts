// Who asks: somebody who may not use the class, by all the ways that lead to a pod.
import { isJsonObject, type JsonObject } from '../../../../src/model/json.ts';
import { at, listAt } from '../../control-plane/at.ts';
import { expectOk } from '../../control-plane/expect-ok.ts';
import { waitFor } from '../../control-plane/wait-for.ts';
import { bindingOf, createAll, roleOf } from '../../rbac/compare.ts';
import { type Answer, answerOf, refusal } from '../../support/answers.ts';
import { put } from '../../support/change.ts';
import { controllerOf } from '../../support/workloads.ts';
import { makePlace, type Place, useOf, userNamed } from '../place.ts';
import { askingPod } from '../pods.ts';
import { collidingClasses, tierLabels } from '../policies.ts';
import { type Attempt, byKubernetes, create, remove, type Section } from './attempt.ts';

const NOBODY_MAY = 'capability_not_authorized: docker (neither user "alice" nor service account "idle" may use';
const CONTROLLER_MAY_NOT = 'nor service account "idle" may use capability class "docker"';
const IDLE = { serviceAccountName: 'idle' };
/** Made by dora, who may use docker herself, before anybody tries anything. */
const DORAS = 'doras';

function refused(what: string, says: string, run: Attempt['run']): Attempt {
  return { what, verdict: 'refused', says, run };
}

function letIn(what: string, because: string, run: Attempt['run'], says = ''): Attempt {
  return { what, verdict: 'let in', says, because, run };
}

/** An object that makes pods of service account idle, which ask for docker. */
function idleMaker(namespace: string, kind: 'Deployment' | 'Job', name: string): JsonObject {
  const { metadata, spec } = askingPod(namespace, IDLE);
  const made = controllerOf(namespace, kind, name, isJsonObject(spec) ? spec : {});
  return put(at(metadata, 'annotations'), 'spec', 'template', 'metadata', 'annotations')(made);
}

/** The refusal of a pod, as the events of whatever was to make it carry it. */
async function refusedPodOf({ plane, namespace }: Place, maker: string): Promise<Answer> {
  const find = async (): Promise<string | undefined> => {
    const { body } = await expectOk(plane.admin.list({ apiVersion: 'v1', kind: 'Event' }, { namespace }));
    const event = listAt(body, 'items').find(
      (one) => at(one, 'reason') === 'FailedCreate' && String(at(one, 'involvedObject', 'name')).startsWith(maker),
    );
    return event === undefined ? undefined : String(at(event, 'message'));
  };
  return refusal(await waitFor(find, { within: 60_000, what: `${maker} could not make a pod` }));
}

/** As users do: the answer is what kubectl prints. */
async function kubectl({ plane }: Place, args: readonly string[], stdin?: string): Promise<Answer> {
  const { code, stderr } = await plane.kubectl(args, { user: 'alice', groups: ['tenants'], ...(stdin && { stdin }) });
  return code === 0 ? { verdict: 'let in', message: stderr.trim() } : refusal(stderr.trim());
}

export const AUTHORIZATION_ATTEMPTS: Section = {
  title: 'Who may use it',
  about:
    'Alice may work in the namespace and use nothing. Service account builder may use the classes, idle may not. Dora may use ' +
    'docker herself.',
  labels: tierLabels('rootless-tun-host-path'),
  async prepare({ dora, namespace }) {
    await expectOk(dora.create(askingPod(namespace, { ...IDLE, name: DORAS })));
    return undefined;
  },
  attempts: [
    refused('a pod', NOBODY_MAY, async (place) => await create(place, askingPod(place.namespace, IDLE))),
    refused('a pod, in a dry run', NOBODY_MAY, async ({ alice, namespace }) =>
      answerOf(await alice.create(askingPod(namespace, IDLE), { dryRun: true })),
    ),
    refused(
      'a pod without a name',
      NOBODY_MAY,
      async (place) =>
        await create(
          place,
          put(
            {
              namespace: place.namespace,
              generateName: 'mine-',
              annotations: at(askingPod(''), 'metadata', 'annotations'),
            },
            'metadata',
          )(askingPod(place.namespace, IDLE)),
        ),
    ),
    refused('a pod, by server-side apply', NOBODY_MAY, async ({ alice, namespace }) =>
      answerOf(await alice.apply(askingPod(namespace, IDLE))),
    ),
    refused('`kubectl run` with overrides', NOBODY_MAY, async (place) => {
      const { spec, metadata } = askingPod(place.namespace, IDLE);
      const overrides = JSON.stringify({ metadata: { annotations: at(metadata, 'annotations') }, spec });
      const args = [
        'run',
        'mine',
        `--namespace=${place.namespace}`,
        '--image=example.com/app:1',
        `--overrides=${overrides}`,
      ];
      return await kubectl(place, args);
    }),
    refused('a Deployment: its pods', CONTROLLER_MAY_NOT, async (place) => {
      await expectOk(place.alice.create(idleMaker(place.namespace, 'Deployment', 'by-alice')));
      return await refusedPodOf(place, 'by-alice');
    }),
    refused('a Job: its pods', CONTROLLER_MAY_NOT, async (place) => {
      await expectOk(place.alice.create(idleMaker(place.namespace, 'Job', 'job-by-alice')));
      return await refusedPodOf(place, 'job-by-alice');
    }),
    letIn(
      'a Deployment: what Alice is told',
      'It is its pods that are refused.',
      async ({ alice, namespace }) => answerOf(await alice.create(idleMaker(namespace, 'Deployment', 'told'))),
      'capability_not_authorized: docker',
    ),
    letIn(
      'a pod of Dora’s, of a service account that may not',
      'Either is enough: the one who creates the pod, or the one it runs as.',
      async ({ dora, namespace, ...place }) => {
        const reply = await dora.create(askingPod(namespace, IDLE));
        if (reply.status === 201) await remove({ dora, namespace, ...place }, 'mine');
        return answerOf(reply);
      },
    ),
    refused('a Deployment of Dora’s: its pods', CONTROLLER_MAY_NOT, async (place) => {
      await expectOk(place.dora.create(idleMaker(place.namespace, 'Deployment', 'by-dora')));
      return await refusedPodOf(place, 'by-dora');
    }),
    letIn(
      'a Deployment of Dora’s: what Dora is told',
      'It is its pods that are refused: they are not made by Dora.',
      async ({ dora, namespace }) => answerOf(await dora.create(idleMaker(namespace, 'Deployment', 'told-dora'))),
      'capability_not_authorized: docker',
    ),
    refused(
      'another class than the one Dora may use',
      'capability_not_authorized: nsjail',
      async ({ dora, namespace }) =>
        answerOf(await dora.create(askingPod(namespace, { ...IDLE, classes: 'docker,nsjail' }))),
    ),
    refused(
      'a service account of the right name, in another namespace',
      'neither user "alice" nor service account "builder" may use',
      async ({ plane }) => {
        const other = await makePlace(plane, tierLabels('rootless-tun-host-path'), { opened: false });
        return await create(other, askingPod(other.namespace));
      },
    ),
    refused(
      'Dora, in another namespace',
      'neither user "dora" nor service account "idle" may use',
      async ({ plane }) => {
        const { dora, namespace } = await makePlace(plane, tierLabels('rootless-tun-host-path'), { opened: false });
        return answerOf(await dora.create(askingPod(namespace, IDLE)));
      },
    ),
    refused(
      'the old field for the service account, with another one in it',
      NOBODY_MAY,
      async (place) => await create(place, put('builder', 'spec', 'serviceAccount')(askingPod(place.namespace, IDLE))),
    ),
    refused('a pod that says it is a node’s own', 'nor service account "default" may use', async (place) => {
      const asking = askingPod(place.namespace, { spec: { nodeName: 'node-1' } });
      const pod = put('x', 'metadata', 'annotations', 'kubernetes.io/config.mirror')(asking);
      return await create(place, put(undefined, 'spec', 'serviceAccountName')(pod));
    }),
    refused('another image in Dora’s pod', NOBODY_MAY, async ({ alice, namespace }) => {
      const spec = { containers: [{ name: 'app', image: 'example.com/alices:1' }] };
      return answerOf(await alice.patch(podNamed(namespace, DORAS), { spec }, 'strategic'));
    }),
    refused('a debug container in Dora’s pod', NOBODY_MAY, async ({ alice, namespace }) => {
      const spec = { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] };
      return answerOf(
        await alice.patch(podNamed(namespace, DORAS), { spec }, 'strategic', { subresource: 'ephemeralcontainers' }),
      );
    }),
    ...byKubernetes([
      refused(
        'the policy of the namespace changed for another, by its label',
        'cannot patch resource "namespaces"',
        async ({ alice, namespace }) =>
          answerOf(
            await alice.patch(
              { apiVersion: 'v1', kind: 'Namespace', name: namespace },
              { metadata: { labels: tierLabels('privileged') } },
              'merge',
            ),
          ),
      ),
      refused('a class of one’s own making', 'cannot create resource "capabilityclasses"', async ({ alice }) => {
        const [mine = {}] = collidingClasses();
        return answerOf(await alice.create(put('mine', 'metadata', 'name')(mine)));
      }),
      refused(
        'the class changed, to be for everybody',
        'cannot patch resource "capabilityclasses"',
        async ({ alice }) =>
          answerOf(
            await alice.patch(
              { apiVersion: 'sandgate.dev/v1alpha1', kind: 'CapabilityClass', name: 'docker' },
              { spec: { authorization: 'Policy' } },
              'merge',
            ),
          ),
      ),
      refused(
        'the service account of another namespace, by its whole name',
        'not found',
        async (place) =>
          await create(
            place,
            askingPod(place.namespace, { serviceAccountName: 'system:serviceaccount:other:builder' }),
          ),
      ),
      refused(
        'a role that lets Alice use it, made by Alice',
        'attempting to grant RBAC permissions not currently held',
        async ({ alice, namespace }) =>
          answerOf(await alice.create(roleOf({ namespace, name: 'mine' }, useOf(['docker'])))),
      ),
      refused(
        'a role that there is, bound to Alice by Alice',
        'attempting to grant RBAC permissions not currently held',
        async ({ alice, namespace }) =>
          answerOf(
            await alice.create(bindingOf('Role', 'uses-docker', { namespace, name: 'mine' }, [userNamed('alice')])),
          ),
      ),
      refused(
        'a token of builder’s',
        'cannot create resource "serviceaccounts/token"',
        async ({ alice, namespace }) => {
          const of = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'builder' };
          const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
          return answerOf(await alice.create(request, { of, subresource: 'token' }));
        },
      ),
      refused('the name of somebody who may', 'cannot impersonate', async ({ plane, namespace }) => {
        const token = await plane.tokenFor(namespace, 'idle');
        const args = [`--token=${token}`, `--namespace=${namespace}`, 'get', 'pods'];
        const { stderr } = await plane.kubectl(args, { user: 'dora' });
        return refusal(stderr.trim());
      }),
    ]),
    letIn(
      'a label on Dora’s pod',
      'The pod is let be, with a warning: nothing of what it runs is another.',
      async ({ alice, namespace }) =>
        answerOf(await alice.patch(podNamed(namespace, DORAS), { metadata: { labels: { a: 'b' } } }, 'merge')),
      'capability_not_authorized: docker',
    ),
    letIn(
      'a service account of the namespace that may',
      'Who may create pods in a namespace may run them as any of its service accounts: that is so with everything they may do.',
      async (place) => await create(place, askingPod(place.namespace)),
    ),
    letIn(
      'a controller that may do everything, such as one with cluster-admin',
      'Verb `*` on `*` is `use` of every class, too. Whatever makes pods for others should have roles that say what it needs.',
      async ({ plane, namespace }) => {
        const user = 'system:serviceaccount:cd:deployer';
        await createAll(plane, [
          bindingOf('ClusterRole', 'cluster-admin', { namespace, name: 'deploys' }, [
            { kind: 'ServiceAccount', namespace: 'cd', name: 'deployer' },
          ]),
        ]);
        const client = plane.as(user);
        const pod = askingPod(namespace, { ...IDLE, name: 'deployed' });
        return answerOf(
          await waitFor(
            async () => {
              const reply = await client.create(pod);
              return reply.status === 201 && reply;
            },
            { within: 30_000, what: 'the deployer may deploy' },
          ),
        );
      },
    ),
    letIn(
      'a shell in the daemon of Dora’s pod (`kubectl exec`)',
      'Connections are a matter of RBAC on `pods/exec`, and reach no webhook of ours. Here they end at the node that there is not.',
      async ({ alice, namespace }) => {
        const path = `/api/v1/namespaces/${namespace}/pods/${DORAS}/exec?container=docker-daemon&command=sh&stdout=true`;
        const { body } = await alice.request('POST', path);
        const message = String(body.message);
        return message.includes('does not have a host assigned') ? { verdict: 'let in', message } : refusal(message);
      },
    ),
  ],
};

function podNamed(namespace: string, name: string) {
  return { apiVersion: 'v1', kind: 'Pod', namespace, name };
}
