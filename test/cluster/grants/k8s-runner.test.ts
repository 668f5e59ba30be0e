// The class that stands in for k8s-runner's own injection, on a real API server: its four modes, its error codes, and what its
// looser template leaves open.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { at } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';
import { type Answer, answerOf } from '../support/answers.ts';
import { all, type Change, NEXT, put } from '../support/change.ts';
import type { GatedCluster } from '../support/gated-cluster.ts';
import { expectedPod } from './expected.ts';
import type { Form } from './forms.ts';
import { startGrantingCluster } from './granting-cluster.ts';
import { makePlace, type Place } from './place.ts';
import { askingPod, asStored } from './pods.ts';
import { policiesFor, tierLabels } from './policies.ts';

const MODES = ['rootless', 'privileged', 'kata-qemu', 'kata-fc'] as const;
const DAEMON = ['spec', 'containers', 'docker-daemon'] as const;
const CONFLICT = 'capability_container_name_conflict: docker-daemon';

let cluster: GatedCluster;
let plane: ControlPlane;
/** Where the daemon is rootless. */
let place: Place;

beforeAll(async () => {
  const documents = policiesFor(...MODES, 'nothing');
  cluster = await startGrantingCluster({ bundles: ['docker-k8s-runner', 'nsjail'], documents });
  plane = cluster.plane;
  place = await makePlace(plane, tierLabels('rootless'));
});

afterAll(async () => {
  await cluster?.stop();
});

test.each(MODES)('the mode %s is stored as k8s-runner would have it', async (implementation) => {
  const labels = tierLabels(implementation);
  const form: Form = { className: 'docker', bundle: 'docker-k8s-runner', implementation, by: '', labels, spec: {} };
  const { alice, namespace } = await makePlace(plane, labels);
  const { body } = await expectOk(alice.create(askingPod(namespace)));
  const { fields, ...lists } = expectedPod(form);
  for (const [list, members] of Object.entries(lists)) expect([list, at(body.spec, list)]).toEqual([list, members]);
  for (const [field, value] of Object.entries(fields)) expect([field, at(body.spec, field)]).toEqual([field, value]);
});

/** A name that the class wants. */
function taken(list: 'containers' | 'initContainers', name: string): Change {
  return put({ name, image: 'example.com/mine:1' }, 'spec', list, NEXT);
}

describe('its error codes', () => {
  test.each<[string, Change, string]>([
    [
      'a class that is none',
      put('podman', 'metadata', 'annotations', 'sandgate.dev/capabilities'),
      'unknown_capability: podman',
    ],
    ['an empty name', put('docker,,', 'metadata', 'annotations', 'sandgate.dev/capabilities'), 'capability_required'],
    ['a container of the daemon’s name', taken('containers', 'docker-daemon'), CONFLICT],
    ['an init container of the daemon’s name', taken('initContainers', 'docker-daemon'), CONFLICT],
    [
      'an init container of the name of its own',
      taken('initContainers', 'docker-subid-init'),
      'capability_container_name_conflict: docker-subid-init',
    ],
    ...['docker-data', 'docker-run', 'docker-tun', 'docker-subid'].map((name): [string, Change, string] => [
      `a volume named ${name}`,
      put({ name, configMap: { name: 'mine' } }, 'spec', 'volumes', NEXT),
      `capability_volume_name_conflict: ${name}`,
    ]),
    [
      'a DOCKER_HOST of one’s own',
      put([{ name: 'DOCKER_HOST', value: 'tcp://elsewhere:2375' }], 'spec', 'containers', 'app', 'env'),
      'capability_env_conflict: DOCKER_HOST',
    ],
  ])('the error code is that of k8s-runner for %s', async (_, change, code) => {
    const answer = answerOf(await place.alice.create(change(askingPod(place.namespace)), { dryRun: true }));
    expect(answer).toEqual({ verdict: 'refused', message: expect.stringContaining(code) as unknown });
  });

  test('a policy that does not list the class', async () => {
    const { alice, namespace } = await makePlace(plane, tierLabels('nothing'));
    const { message } = answerOf(await alice.create(askingPod(namespace), { dryRun: true }));
    expect(message).toContain('docker_capability_not_configured');
  });
});

/** As the class left it, in its privileged mode: annotations of the rootless one have Kubernetes refuse what is changed. */
async function refusalOf(change: Change): Promise<Answer> {
  const { namespace, ...privileged } = await makePlace(plane, tierLabels('privileged'));
  const pod = await asStored(privileged, askingPod(namespace));
  return answerOf(await privileged.alice.create(change(pod), { dryRun: true }));
}

describe('its daemon, which is given no resources', () => {
  test('is let in with those of a LimitRange', async () => {
    const { alice, namespace } = await makePlace(plane, tierLabels('rootless'));
    const limits = { cpu: '1', memory: '1Gi', 'ephemeral-storage': '10Gi' };
    const spec = { limits: [{ type: 'Container', default: limits, defaultRequest: limits }] };
    const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: { namespace, name: 'all' }, spec };
    await expectOk(plane.admin.create(range));
    const known = async (): Promise<JsonObject | false> => {
      const { body } = await expectOk(alice.create(askingPod(namespace), { dryRun: true }));
      return at(body, 'spec', 'containers', 0, 'resources', 'limits') !== undefined && body;
    };
    const body = await waitFor(known, { within: 30_000, what: 'the LimitRange is known' });
    expect(at(body, 'spec', 'containers', 2)).toMatchObject({ name: 'docker-daemon', resources: { limits } });
  });

  const refused: unknown = { verdict: 'refused', message: expect.stringContaining(CONFLICT) as unknown };

  test.each<[string, Change]>([
    ['another image', put('docker:27-dind-rootless', ...DAEMON, 'image')],
    ['its port for everybody', put(['--host=tcp://0.0.0.0:2375'], ...DAEMON, 'args')],
    [
      'a claim to a device',
      all(
        put([{ name: 'gpu', resourceClaimName: 'mine' }], 'spec', 'resourceClaims'),
        put([{ name: 'gpu' }], ...DAEMON, 'resources', 'claims'),
      ),
    ],
  ])('is not let in with %s', async (_, change) => {
    expect(await refusalOf(change)).toEqual(refused);
  });

  test('is not let in with a device of the node', async () => {
    const device = { 'example.com/kvm': '1' };
    expect(await refusalOf(put({ limits: device, requests: device }, ...DAEMON, 'resources'))).toEqual(refused);
  });
});
