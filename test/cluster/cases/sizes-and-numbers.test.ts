// Objects as large as the API server takes them, numbers that JavaScript cannot hold, and fields that nobody has heard of.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { parseLossless } from '../../support/lossless-json.ts';
import { at, listAt } from '../control-plane/at.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { refOf } from '../control-plane/kube-client.ts';
import type { KubeReply } from '../control-plane/kube-http.ts';
import { type GatedCluster, startGatedCluster } from '../support/gated-cluster.ts';
import { createTenant, type Tenant } from '../support/tenants.ts';
import {
  BARE,
  FILLED_IN,
  podOf,
  SANDBOX_KINDS,
  type SandboxKind,
  sandboxOf,
  unsafeRefusal,
} from '../support/workloads.ts';

let cluster: GatedCluster;
let plane: ControlPlane;
let tenant: Tenant;
/** Where no policy is in force: what the server makes of an object without us. */
let ungated: Tenant;

beforeAll(async () => {
  cluster = await startGatedCluster();
  plane = cluster.plane;
  [tenant, ungated] = [await createTenant(plane), await createTenant(plane, {})];
});

afterAll(async () => {
  await cluster?.stop();
});

/** etcd takes a request of 1.5 MiB; beside the text there is what the server fills in. */
const LARGE = 1_500_000;
/** The API server takes a body of 3 MiB. */
const LARGEST_BODY = 3 * 1024 * 1024;

/** A container of that many bytes of JSON, more or less: its arguments are what nothing else limits. */
function largeContainer(bytes: number): JsonObject {
  const count = Math.floor(bytes / 1000);
  return { name: 'app', image: 'example.com/app:1', args: Array.from({ length: count }, () => 'x'.repeat(997)) };
}

function largePod(name: string, spec: JsonObject = {}): JsonObject {
  return podOf(tenant.namespace, name, { containers: [largeContainer(LARGE)], ...spec });
}

describe('a pod of 1.5 MB', () => {
  test('is completed and created, and can be changed, debugged and deleted', async () => {
    expect(JSON.stringify(largePod('large')).length).toBeGreaterThan(LARGE);
    const { body } = await expectOk(tenant.client.create(largePod('large')));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    const ref = refOf(body);
    // The review of an update holds it twice.
    await expectOk(tenant.client.patch(ref, { metadata: { labels: { a: 'b' } } }, 'merge'));
    const image = { spec: { containers: [{ name: 'app', image: 'example.com/app:2' }] } };
    await expectOk(tenant.client.patch(ref, image, 'strategic'));
    const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
    await expectOk(tenant.client.patch(ref, debug, 'strategic', { subresource: 'ephemeralcontainers' }));
    await expectOk(tenant.client.delete(ref, { gracePeriodSeconds: 0 }));
  });

  test('is refused in the same words as a small one', async () => {
    const { status, body } = await tenant.client.create(largePod('large-unsafe', { hostPID: true }));
    expect([status, body.message]).toEqual([403, unsafeRefusal('pods', 'large-unsafe')]);
  });

  test('is made of environment variables, each with an entry in managedFields, just as well', async () => {
    const env = Array.from({ length: 1400 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'x'.repeat(1000) }));
    const container = { name: 'app', image: 'example.com/app:1', env };
    const { text, body } = await expectOk(
      tenant.client.create(podOf(tenant.namespace, 'env', { containers: [container] })),
    );
    expect(text.length).toBeGreaterThan(LARGE);
    expect(listAt(body, 'spec', 'containers', 0, 'env')).toHaveLength(1400);
  });
});

describe('as large as the API server takes it', () => {
  test('a Sandbox is completed and created', async () => {
    const object = sandboxOf(tenant.namespace, 'large', { containers: [largeContainer(LARGE)] });
    const { body } = await expectOk(tenant.client.create(object));
    expect(at(body, 'spec', 'podTemplate', 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    await expectOk(tenant.client.patch(refOf(body), { spec: { replicas: 0 } }, 'merge'));
  });

  test('a pod of 3 MiB is completed in a dry run, which is all that can be done with it', async () => {
    const object = podOf(tenant.namespace, 'huge', { containers: [largeContainer(LARGEST_BODY - 10_000)] });
    const { body } = await expectOk(tenant.client.create(object, { dryRun: true }));
    expect(at(body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    const stored = await tenant.client.create(object);
    expect([stored.status, stored.body.message]).toEqual([
      500,
      expect.stringContaining('trying to send message larger than max'),
    ]);
  });

  test('a pod that the server blows up to more than we read is not let in unseen', async () => {
    // Of 30 bytes the server makes 400.
    const containers = Array.from({ length: 40_000 }, (_, index) => ({ name: `c${index}`, image: 'a' }));
    const object = podOf(tenant.namespace, 'blown-up', { automountServiceAccountToken: false, containers });
    expect(JSON.stringify(object).length).toBeLessThan(LARGEST_BODY);
    const { status, body } = await tenant.client.create(object, { dryRun: true });
    expect([status, body.message]).toEqual([
      500,
      expect.stringContaining('failed calling webhook "workloads.validate.sandgate.dev"'),
    ]);
  });
});

/** Beyond 2^53, where every second number is not one of JavaScript's, to the end of int64. */
const BIG = ['9007199254740993', '9223372036854775807', '-9223372036854775808'] as const;

/** The body of a reply with its numbers as text, and nothing that differs from object to object. */
function losslessSpec({ text }: KubeReply): unknown {
  const body = parseLossless(text.replaceAll(/kube-api-access-\w+/g, 'kube-api-access'));
  return at(body, 'spec');
}

/** Without the security contexts that we fill in. */
function withoutSecurityContext(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecurityContext);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      key === 'securityContext' ? [] : [[key, withoutSecurityContext(member)] as const],
    ),
  );
}

/** As text, for JavaScript could not print it. */
async function createPodWithNumbers({ client, namespace }: Tenant): Promise<KubeReply> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  return await expectOk(client.request('POST', path, podWithNumbers(namespace)));
}

function podWithNumbers(namespace: string): string {
  return `{
  "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "numbers", "namespace": "${namespace}" },
  "spec": {
    "terminationGracePeriodSeconds": ${BIG[1]},
    "tolerations": [
      { "key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": ${BIG[0]} },
      { "key": "b", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": ${BIG[2]} }
    ],
    "containers": [{
      "name": "app", "image": "example.com/app:1",
      "lifecycle": { "preStop": { "sleep": { "seconds": ${BIG[0]} } } }
    }]
  }
}`;
}

describe('numbers beyond 2^53', () => {
  test('of a pod are kept to the last digit', async () => {
    const reply = await createPodWithNumbers(tenant);
    expect(at(reply.body, 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    for (const field of [
      `"terminationGracePeriodSeconds":${BIG[1]}`,
      `"tolerationSeconds":${BIG[0]}`,
      `"tolerationSeconds":${BIG[2]}`,
      `"sleep":{"seconds":${BIG[0]}}`,
    ]) {
      expect(reply.text).toContain(field);
    }
    const without = await createPodWithNumbers(ungated);
    expect(withoutSecurityContext(losslessSpec(reply))).toEqual(withoutSecurityContext(losslessSpec(without)));

    const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'example.com/debug:1' }] } };
    const subresource = { subresource: 'ephemeralcontainers' };
    const debugged = await expectOk(tenant.client.patch(refOf(reply.body), debug, 'strategic', subresource));
    expect(debugged.text).toContain(`"sleep":{"seconds":${BIG[0]}}`);
  });
});

function apiVersionOf(of: SandboxKind): string {
  return String(sandboxOf('', '', BARE, of).apiVersion);
}

/** What the server prunes nowhere: fields that we do not know, next to those that we fill in. */
function sandboxOfUnknowns(namespace: string, of: SandboxKind): string {
  return `{
    "apiVersion": "${apiVersionOf(of)}", "kind": "${of.kind}",
    "metadata": { "name": "unknown-${of.version}", "namespace": "${namespace}" },
    "spec": {
      "beside": { "big": ${BIG[0]} },
      "podTemplate": {
        "metadata": { "labels": { "a": "b" }, "odd": [${BIG.join(', ')}] },
        "spec": {
          "unheardOf": { "big": ${BIG[1]}, "negative": ${BIG[2]}, "zero": -0.0, "float": 0.1, "exponent": 1e-7,
            "text": "${BIG[0]}", "nothing": null, "empty": {}, "none": [], "deep": [[[{ "a": [${BIG[0]}] }]]],
            "\\u00e9\\u0000\\ud83d\\ude00": "\\u2028 < & >", "a/b~c": 1, "__proto__": { "hostPID": true }, "constructor": 1 },
          "terminationGracePeriodSeconds": ${BIG[0]},
          "containers": [{
            "name": "app", "image": "example.com/app:1", "futureField": { "big": ${BIG[0]} }, "__proto__": { "a": 1 }
          }]
        }
      }
    }
  }`;
}

async function createUnknowns({ client, namespace }: Tenant, of: SandboxKind): Promise<KubeReply> {
  const plural = of.kind === 'Sandbox' ? 'sandboxes' : 'sandboxtemplates';
  const path = `/apis/${apiVersionOf(of)}/namespaces/${namespace}/${plural}`;
  return await expectOk(client.request('POST', path, sandboxOfUnknowns(namespace, of)));
}

describe.each(SANDBOX_KINDS)('a $kind of $version', (of) => {
  test('keeps what we do not know, to the last digit, when it is completed and when it is edited', async () => {
    const [ours, without] = [await createUnknowns(tenant, of), await createUnknowns(ungated, of)];
    expect(at(ours.body, 'spec', 'podTemplate', 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect(withoutSecurityContext(losslessSpec(ours))).toEqual(losslessSpec(without));
    expect(ours.text).toContain(`"futureField":{"big":${BIG[0]}}`);
    expect(ours.text).toContain('"__proto__":{"hostPID":true}');

    const edit = { spec: { podTemplate: { spec: { hostIPC: false, securityContext: null } } } };
    const edited = await expectOk(tenant.client.patch(refOf(ours.body), edit, 'merge'));
    const editedWithout = await expectOk(ungated.client.patch(refOf(without.body), edit, 'merge'));
    expect(at(edited.body, 'spec', 'podTemplate', 'spec', 'securityContext')).toEqual(FILLED_IN.pod);
    expect(withoutSecurityContext(losslessSpec(edited))).toEqual(losslessSpec(editedWithout));
  });
});
