// Every recorded review is answered over TLS, and the answer handed to the API server's port: a file without a row fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Webhook } from '../../../src/admission/review.ts';
import type { Gate } from '../../../src/engine/gate.ts';
import type { SkipCode } from '../../../src/model/decision.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { applyReply, type Outcome } from '../../support/api-server.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { objectOf, recordedNames, recordedReview, withRequest } from '../../support/reviews.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const LEVEL = 'podSecurity: { level: restricted, version: latest }';
/** Judges by the standard alone. */
const STANDARD = gateOf(policyYaml('restricted', LEVEL));
/** Fills in what the standard needs. */
const FILLING = gateOf(
  policyYaml(
    'agents',
    `${LEVEL}\nharden: restricted\nidentity: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 }`,
  ),
);

/** What becomes of a review. */
type Row =
  | { readonly skip: SkipCode }
  /** Mutated: the operations of the patch, and what validation then says of the result. */
  | { readonly operations: number; readonly validated: 'allowed' | 'denied' }
  /** Validated: what the standard has to say, without its name, as a refusal or as a warning. */
  | { readonly denied: string }
  | { readonly warned: string };

const ROWS: Readonly<Record<string, Row>> = {
  'cronjob-create-mutate': { skip: 'not-filled-in' },
  'deployment-create-mutate': { skip: 'not-filled-in' },
  'deployment-create-validate': { warned: nothingSet('"nginx"') },
  'deployment-scale-validate': { skip: 'kind-not-handled' },
  'job-create-mutate': { skip: 'not-filled-in' },
  'namespace-create-validate': { skip: 'kind-not-handled' },
  'namespace-label-validate': { skip: 'kind-not-handled' },
  'pod-by-job-validate': { denied: nothingSet('"j"') },
  'pod-by-replicaset-or-job-mutate': { operations: 5, validated: 'allowed' },
  'pod-by-replicaset-validate': { denied: nothingSet('"nginx"') },
  'pod-create-dry-run-mutate': { operations: 6, validated: 'allowed' },
  'pod-create-mutate': { operations: 6, validated: 'allowed' },
  'pod-create-validate': { denied: nothingSet('"warm", "app"') },
  'pod-delete-validate': { skip: 'operation-delete' },
  'pod-docker-kata-block-validate': {
    denied: nothingSet('"docker-daemon", "app"', {
      capabilities:
        'container "app" must set securityContext.capabilities.drop=["ALL"]; container "docker-daemon" must not include ' +
        '"MKNOD", "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add',
    }),
  },
  'pod-docker-privileged-validate': {
    denied: `privileged (container "docker-daemon" must not set securityContext.privileged=true), ${nothingSet(
      '"app", "docker-daemon"',
      {
        between:
          'restricted volume types (volumes "hp", "isc", "rbd", "nfs" use restricted volume types "hostPath", "iscsi", "nfs", "rbd"), ',
      },
    )}`,
  },
  'pod-docker-rootless-sidecar-mutate': {
    operations: 2,
    validated: 'denied',
    warned:
      'policy "agents": fsGroup 1000 has no effect on volume "docker-tun": files of nodes and of NFS servers keep their group (supplementalGroups opens them to their own group)',
  },
  'pod-docker-rootless-sidecar-validate': {
    denied: [
      'forbidden AppArmor profile (container "docker-daemon" must not set AppArmor profile type to "Unconfined")',
      'allowPrivilegeEscalation != false (container "docker-daemon" must set securityContext.allowPrivilegeEscalation=false)',
      'unrestricted capabilities (container "docker-daemon" must set securityContext.capabilities.drop=["ALL"])',
      'procMount (container "docker-daemon" must not set securityContext.procMount to "Unmasked")',
      'restricted volume types (volume "docker-tun" uses restricted volume type "hostPath")',
      'seccompProfile (container "docker-daemon" must not set securityContext.seccompProfile.type to "Unconfined")',
    ].join(', '),
  },
  // The pod was admitted before there was a policy: only its new container can still be filled in.
  'pod-ephemeralcontainers-mutate': { operations: 1, validated: 'allowed' },
  'pod-ephemeralcontainers-validate': {
    denied: `${nothingSet('"dbg"')}. New in this update: container "dbg" (older violations only warn)`,
  },
  'pod-exec-connect-validate': { skip: 'operation-connect' },
  'pod-image-update-validate': { warned: nothingSet('"warm", "app"') },
  'pod-label-update-mutate': { skip: 'pod-immutable' },
  'pod-resize-mutate': { skip: 'pod-immutable' },
  'pod-runtimeclass-overhead-mutate': { operations: 5, validated: 'allowed' },
  'sandbox-delete-validate': { skip: 'operation-delete' },
  'sandbox-v1alpha1-create-mutate': { operations: 2, validated: 'allowed' },
  'sandbox-v1beta1-create-mutate': { operations: 2, validated: 'allowed' },
  'sandbox-v1beta1-create-validate': { denied: nothingSet('"py2"') },
};

/** What restricted says of containers that set nothing. */
function nothingSet(names: string, parts: { capabilities?: string; between?: string } = {}): string {
  const containers = `${names.includes(',') ? 'containers' : 'container'} ${names}`;
  const drop = `${containers} must set securityContext.capabilities.drop=["ALL"]`;
  return (
    `allowPrivilegeEscalation != false (${containers} must set securityContext.allowPrivilegeEscalation=false), ` +
    `unrestricted capabilities (${parts.capabilities ?? drop}), ${parts.between ?? ''}` +
    `runAsNonRoot != true (pod or ${containers} must set securityContext.runAsNonRoot=true), ` +
    `seccompProfile (pod or ${containers} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`
  );
}

let gate: Gate;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer(() => gate);
});
afterAll(() => server.close());

/** Sends a review through the webhook and lets the API server make of the answer what it does. */
async function review(webhook: Webhook, sent: JsonObject, policies: Gate): Promise<Outcome> {
  gate = policies;
  const answer = await server.client.post(`/${webhook}?timeout=10s`, sent);
  expect(answer.status).toBe(200);
  const outcome = applyReply({ name: `${webhook}.sandgate.dev`, type: webhook }, sent, answer.body);
  expect(outcome).toMatchObject({ lostWarnings: [], lostAnnotations: [] });
  expect(outcome.result).not.toBe('error');
  return outcome;
}

test('every recorded review has a row, and every row a review', () => {
  expect(Object.keys(ROWS).toSorted()).toEqual(recordedNames());
});

describe.each(Object.entries(ROWS))('recorded review %s', (name, row) => {
  const sent = recordedReview(name);
  const webhook = name.endsWith('-mutate') ? 'mutate' : 'validate';
  const object = objectOf(sent);
  const isPod = name.startsWith('pod-');

  if ('skip' in row) {
    test(`is let through: ${row.skip}`, async () => {
      const outcome = await review(webhook, sent, FILLING);
      expect(outcome).toMatchObject({ result: 'allowed', operations: 0, object, warnings: [] });
      expect(outcome.audit[`${webhook}.sandgate.dev/exempt`]).toBe(row.skip);
    });
  } else if ('operations' in row) {
    test('is filled in, once, with what validation then asks for', async () => {
      const outcome = await review('mutate', sent, FILLING);
      expect(outcome).toMatchObject({
        result: 'allowed',
        operations: row.operations,
        warnings: 'warned' in row ? [row.warned] : [],
      });
      expect(outcome.audit['mutate.sandgate.dev/injected']).toMatch(/=/);
      const filled = withRequest(sent, { object: outcome.object });
      expect(await review('mutate', filled, FILLING)).toMatchObject({ operations: 0, object: outcome.object });
      expect((await review('validate', filled, FILLING)).result).toBe(row.validated);
    });
    test('is left alone by a policy that fills in nothing', async () => {
      expect(await review('mutate', sent, STANDARD)).toMatchObject({ result: 'allowed', operations: 0, object });
    });
  } else if ('denied' in row) {
    test("it is refused in upstream's words", async () => {
      const outcome = await review('validate', sent, STANDARD);
      expect(outcome).toMatchObject({ result: 'denied', code: 403, warnings: [] });
      const [sentence = '', fixes = ''] = outcome.message.split('. To fix: ');
      expect(sentence).toMatch(
        /^admission webhook "validate.sandgate.dev" denied the request: \S+ "\S+" is forbidden: /,
      );
      // One of them asks for Docker, of which these policies know nothing.
      const asks = /"sandgate.dev\/capabilities":"docker"/.test(JSON.stringify(object));
      const unknown =
        'violates CapabilityClass "docker": unknown_capability: docker (there are no capability classes); ';
      expect(sentence.split(' is forbidden: ')[1]).toBe(
        `${asks ? unknown : ''}violates PodSecurity "restricted:latest": ${row.denied}`,
      );
      expect(fixes).toMatch(/ \(policy "restricted"\)\. See: sandgate explain \w+$/);
    });
  } else {
    test('is let in with a warning', async () => {
      const outcome = await review('validate', sent, STANDARD);
      const warnings = [`would violate PodSecurity "restricted:latest": ${row.warned}`];
      expect(outcome).toMatchObject({ result: 'allowed', object, warnings });
    });
    // A pod that exists cannot be filled in any more, and keeps what it was warned about.
    test(`is let in ${isPod ? 'with it also' : 'without one'} where pods are filled in`, async () => {
      const { result, warnings } = await review('validate', sent, FILLING);
      expect([result, warnings.length > 0]).toEqual(['allowed', isPod]);
    });
  }
});
