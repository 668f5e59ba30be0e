// A secret in every field of a review, and none of them in what the webhook writes: not in the log at its most talkative,
// not in metrics, audit annotations, warnings or messages. Left out are the fields that are named on purpose (names,
// images, the user) and those whose value is what a check judges.
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, ownField } from '../../../src/model/json.ts';
import { createLog } from '../../../src/observe/log.ts';
import { createMetrics } from '../../../src/observe/metrics.ts';
import { createObserver } from '../../../src/observe/observer.ts';
import { knownPolicies } from '../../../src/server/telemetry/known-policies.ts';
import { WORKLOADS } from '../../../src/workloads/index.ts';
import { gateOf, policyYaml } from '../../support/gate.ts';
import { SECRETIVE_POD } from '../../support/secretive-pod.ts';
import { startTestServer, type TestServer } from '../../support/tls-client.ts';

const GATE = gateOf(
  [
    policyYaml('strict', 'podSecurity: { level: restricted }\nharden: restricted\nvalidationActions: [Deny, Audit]'),
    policyYaml('noted', 'podSecurity: { level: baseline }\nvalidationActions: [Audit]'),
    policyYaml('warned', 'podSecurity: { level: restricted }\nvalidationActions: [Warn]'),
    policyYaml('labels', 'podSecurity: { fromNamespaceLabels: true }'),
    policyYaml(
      'rows',
      'identity: { unknownImage: Deny, images: [{ image: a, runAsUser: 7 }] }\nruntime: { default: gvisor }',
    ),
    policyYaml(
      'elsewhere',
      'match: { objectSelector: { matchLabels: { app: other } } }\npodSecurity: { level: baseline }',
    ),
    policyYaml('never', 'match: { objectSelector: { matchExpressions: [{ key: app, operator: DoesNotExist }] } }'),
  ],
  { agents: { 'pod-security.kubernetes.io/warn': 'restricted' } },
);

/** Named on purpose, or judged by their value. */
const SPOKEN = [
  /\.metadata\.(?:name|namespace)$/,
  /\.(?:containers|initContainers|ephemeralContainers|volumes)\[\d+\]\.name$/,
  /\.image$/,
  /\.(?:securityContext|capabilities|seccompProfile|appArmorProfile|seLinuxOptions)\b/,
];

let log: string[] = [];
let server: TestServer;
const metrics = createMetrics(new Registry(), { version: '0', kinds: WORKLOADS });
beforeAll(async () => {
  const talkative = createLog('debug', { write: (line) => void log.push(line) });
  metrics.policiesLoaded(knownPolicies(GATE.policies));
  server = await startTestServer(() => GATE, { log: talkative, observer: createObserver(talkative, metrics) });
});
afterAll(() => server.close());

let planted = 0;

/** A text that is found again, in a form that most fields accept. */
function secret(): string {
  planted++;
  return `secret-${planted}`;
}

/** The value with a secret for every text in it, for every key of a map of texts, and for keys that nobody knows. */
function plant(value: unknown, path: string): unknown {
  if (SPOKEN.some((pattern) => pattern.test(path))) return value;
  if (typeof value === 'string') return secret();
  if (Array.isArray(value)) return value.map((item, index) => plant(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return value;
  const isMap = /\.(?:labels|annotations|nodeSelector|matchLabels|volumeAttributes)$/.test(path);
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    isMap ? secret() : key,
    plant(member, `${path}.${key}`),
  ]);
  return Object.fromEntries([...members, [secret(), secret()]]);
}

interface Sent {
  readonly kind?: readonly [group: string, kind: string, resource: string];
  readonly operation?: string;
  readonly object: unknown;
  readonly oldObject?: unknown;
  readonly namespace?: string;
}

function reviewOf({
  kind = ['', 'Pod', 'pods'],
  operation = 'CREATE',
  object,
  oldObject,
  namespace = 'agents',
}: Sent): JsonObject {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    secret: secret(),
    request: {
      uid: 'the-uid',
      kind: { group: kind[0], version: 'v1', kind: kind[1] },
      resource: { group: kind[0], version: 'v1', resource: kind[2] },
      requestKind: { group: secret(), version: secret(), kind: secret() },
      name: 'the-name',
      namespace,
      operation,
      userInfo: {
        username: 'the-user',
        uid: secret(),
        groups: [secret()],
        extra: { 'authentication.kubernetes.io/credential-id': [secret()], [secret()]: [secret()] },
      },
      options: { kind: 'CreateOptions', fieldManager: secret() },
      object,
      oldObject: oldObject ?? null,
      dryRun: false,
      [secret()]: secret(),
    },
  };
}

function pod(): unknown {
  return plant(SECRETIVE_POD, '');
}

function deployment(): unknown {
  const template = { metadata: SECRETIVE_POD.metadata, spec: SECRETIVE_POD.spec };
  return plant({ metadata: SECRETIVE_POD.metadata, spec: { selector: { matchLabels: { a: 'b' } }, template } }, '');
}

/** Everything but the patch, which is the user's own object. */
function wordsOf(body: unknown): string {
  const response = ownField(body, 'response');
  if (!isJsonObject(response)) return JSON.stringify(body);
  return JSON.stringify({ ...response, patch: undefined });
}

const DEPLOYMENT = ['apps', 'Deployment', 'deployments'] as const;
const SANDBOX = ['agents.x-k8s.io', 'Sandbox', 'sandboxes'] as const;

test.each<[string, () => Sent]>([
  ['a pod', () => ({ object: pod() })],
  ['an update of one', () => ({ operation: 'UPDATE', object: pod(), oldObject: pod() })],
  ['the deletion of one', () => ({ operation: 'DELETE', object: null, oldObject: pod() })],
  ['an operation nobody knows', () => ({ operation: 'PATCH', object: pod() })],
  ['a pod in a namespace nobody knows', () => ({ object: pod(), namespace: 'unheard-of' })],
  ['a deployment', () => ({ kind: DEPLOYMENT, object: deployment() })],
  ['its update', () => ({ kind: DEPLOYMENT, operation: 'UPDATE', object: deployment(), oldObject: deployment() })],
  ['a kind that holds no pod', () => ({ kind: ['', 'Secret', 'secrets'], object: { data: { password: secret() } } })],
  [
    'texts where there should be lists',
    () => ({ kind: SANDBOX, object: { spec: { podTemplate: { spec: { containers: secret() } } } } }),
  ],
  [
    'texts where there should be anything else',
    () => ({
      kind: SANDBOX,
      object: {
        metadata: secret(),
        spec: {
          podTemplate: {
            metadata: { labels: { app: 1, [secret()]: secret() } },
            spec: { hostNetwork: secret(), volumes: [secret()] },
          },
        },
      },
    }),
  ],
])('no value of a Secret or variable is logged or answered: %s', async (_, sent) => {
  for (const path of ['/mutate', '/validate']) {
    log = [];
    const answer = await server.client.post(path, reviewOf(sent()));
    expect(answer.status).toBe(200);
    expect(wordsOf(answer.body)).not.toMatch(/secret-\d/);
    expect(log).toHaveLength(2);
    expect(log.join('')).not.toMatch(/secret-\d/);
  }
  expect(planted).toBeGreaterThan(10);
});

test('what is no review is quoted to whoever sent it, and not in the log', async () => {
  const whole = JSON.stringify(reviewOf({ object: pod() }));
  const bodies = [
    whole.slice(0, whole.indexOf('secret-') + 12),
    whole.replace(/"secret-\d+"/, 'secret-1'),
    `secret-1 ${whole}`,
    '"secret-1"',
    JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: 'secret-1' }),
    JSON.stringify(reviewOf({ object: 'secret-1' })),
    JSON.stringify({ ...reviewOf({ object: {} }), request: { uid: 'u', userInfo: 'secret-1', dryRun: 'secret-1' } }),
  ];
  for (const body of bodies) {
    log = [];
    const answer = await server.client.send('/validate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status, body.slice(0, 100)).toBe(400);
    expect(log).toHaveLength(1);
    expect(log.join('')).toContain('"not a review"');
    expect(log.join('')).not.toContain('secret-');
  }
  log = [];
  await server.client.send('/secret-1', {
    method: 'POST',
    headers: { authorization: 'Bearer secret-1' },
    body: 'secret-1',
  });
  expect(log.join('')).not.toContain('secret-');
});

test('no value of a Secret or variable is in the metrics', async () => {
  const scrape = await metrics.registry.metrics();
  expect(scrape).toContain('decision="denied"} ');
  expect(scrape).not.toMatch(/secret-\d/);
});
