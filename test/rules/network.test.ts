// Proxies, DNS, host aliases and ports through the whole engine: every kind, updates, several policies, classes.
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/engine/gate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';
import { accepted, boundRule } from './bound.ts';

const GATE = gateOfSpec(`
network:
  hostAliases: { add: [{ ip: 10.0.0.5, hostnames: [host.docker.internal] }], allowed: [] }
  proxy: { https: "http://proxy:3128" }
  dns: { allowedPolicies: [ClusterFirst], allowedNameservers: [] }
  hostPorts: { allowed: ["8080-8090"] }
`);

const LISTS = ['initContainers', 'containers', 'ephemeralContainers'];

function pod(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'a', image: 'app' }], ...spec },
  };
}

function sandbox(more: JsonObject, labels: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', labels },
    spec: { podTemplate: { spec: { containers: [{ name: 'a', image: 'app' }], ...more } } },
  };
}

const POD_ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  [
    'another address for a name of the policy',
    { hostAliases: [{ ip: '1.2.3.4', hostnames: ['host.docker.internal'] }] },
  ],
  ['the same in capital letters', { hostAliases: [{ ip: '1.2.3.4', hostnames: ['HOST.docker.internal'] }] }],
  ['another name at an address of the policy', { hostAliases: [{ ip: '10.0.0.5', hostnames: ['api.example'] }] }],
  ['the DNS of the node', { dnsPolicy: 'Default' }],
  ['a DNS of its own', { dnsPolicy: 'None', dnsConfig: { nameservers: ['8.8.8.8'] } }],
  ['one more name server', { dnsConfig: { nameservers: ['8.8.8.8'] } }],
  ['the network of the node, and so its DNS', { hostNetwork: true }],
];

const CONTAINER_ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  ['a proxy of its own', { env: [{ name: 'https_proxy', value: 'http://mine' }] }],
  ['no proxy', { env: [{ name: 'HTTPS_PROXY', value: '' }] }],
  ['no proxy for anything', { env: [{ name: 'NO_PROXY', value: '*' }] }],
  ['no proxy for what it says is the API server', { env: [{ name: 'KUBERNETES_SERVICE_HOST', value: '*' }] }],
  [
    'a proxy from a ConfigMap',
    { env: [{ name: 'HTTPS_PROXY', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }] },
  ],
  ['port 22 of the node', { ports: [{ containerPort: 8080, hostPort: 22 }] }],
  [
    'two ports, one of them allowed',
    {
      ports: [
        { containerPort: 1, hostPort: 8080 },
        { containerPort: 2, hostPort: 8091 },
      ],
    },
  ],
];

describe('a pod that asks for more than the policy allows', () => {
  test.each(POD_ATTEMPTS)('is refused in every kind: %s', (_, spec) => {
    for (const [kind, object] of inEveryKind(pod(spec)))
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
  });

  test.each(CONTAINER_ATTEMPTS)('is refused in every list of containers and every kind: %s', (_, fields) => {
    for (const list of LISTS) {
      const containers = [{ name: list === 'containers' ? 'a' : 'b', image: 'app', ...fields }];
      for (const [kind, object] of inEveryKind(pod({ [list]: containers }))) {
        expect(decide(offline(GATE), object).verdict, `${kind} ${list}`).toBe('denied');
      }
    }
  });

  test.each([...POD_ATTEMPTS])(
    'is refused as an update of a Sandbox, but not where it was so before: %s',
    (_, spec) => {
      expect(decideUpdate(GATE, sandbox({}), sandbox(spec)).verdict).toBe('denied');
      expect(decideUpdate(GATE, sandbox(spec), sandbox(spec, { a: 'b' })).verdict).toBe('allowed');
    },
  );
});

test('a pod that asks for nothing is filled in, and allowed in every kind', () => {
  for (const [kind, object] of inEveryKind(pod())) expect(decide(offline(GATE), object).said, kind).toEqual([]);
  expect(decide(GATE, pod()).filled).toMatchObject({
    spec: {
      hostAliases: [{ ip: '10.0.0.5', hostnames: ['host.docker.internal'] }],
      containers: [
        { env: [{ name: 'HTTPS_PROXY' }, { name: 'https_proxy' }, { name: 'NO_PROXY' }, { name: 'no_proxy' }] },
      ],
    },
  });
});

test('with hostNetwork every port of a container is one of the node', () => {
  const gate = gateOfSpec('network: { hostPorts: { allowed: ["8080"] } }');
  const ports = [{ containerPort: 8080 }, { containerPort: 9090 }];
  const { said } = decide(gate, pod({ hostNetwork: true, containers: [{ name: 'a', ports }] }));
  expect(said).toEqual(['Deny hostPortRanges: port of the node (container "a" takes hostPort 9090; allowed: "8080")']);
});

test('an ephemeral container of a pod that runs gets the proxy, and the certificates where the pod has them', () => {
  const gate = gateOfSpec(
    'network: { proxy: { https: "http://p", caBundle: { configMap: c, key: k, mountPath: /ca }, override: true } }',
  );
  const before = pod();
  const stored = decide(gate, before).filled;
  const debug = { ephemeralContainers: [{ name: 'd', image: 'app', env: [{ name: 'HTTPS_PROXY', value: '' }] }] };
  const update = (old: JsonObject) => {
    const object = { ...old, spec: { ...(isJsonObject(old.spec) && old.spec), ...debug } };
    return decide(gate, object, { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: old });
  };
  const later = update(stored);
  expect(later.verdict).toBe('allowed');
  expect(later.filled).toMatchObject({ spec: { ephemeralContainers: [{ volumeMounts: [{ mountPath: '/ca' }] }] } });
  expect(later.warnings).toEqual(['policy "p": HTTPS_PROXY of container "d" is "http://p" instead of nothing']);
  const without = update(before);
  expect(without.verdict).toBe('allowed');
  expect(JSON.stringify(without.filled)).not.toContain('/ca');
});

function two(low: string, high: string): Gate {
  return gateOf([
    policyYaml('high', `priority: 9\nnetwork: { proxy: { ${high} } }`),
    policyYaml('low', `network: { proxy: { ${low} } }`),
  ]);
}

describe('two policies with a proxy', () => {
  test('that both replace: the one of higher priority does', () => {
    const gate = two('http: "http://low", override: true', 'http: "http://high", override: true');
    const { verdict, filled, warnings } = decide(
      gate,
      pod({ containers: [{ name: 'a', env: [{ name: 'HTTP_PROXY', value: 'x' }] }] }),
    );
    expect(verdict).toBe('allowed');
    expect(JSON.stringify(filled)).not.toContain('http://low');
    expect(warnings).toEqual(['policy "high": HTTP_PROXY of container "a" is "http://high" instead of "x"']);
  });

  test('of which only the lower one replaces: what the higher one adds stays', () => {
    const gate = two('http: "http://low", override: true', 'http: "http://high"');
    const { verdict, filled, warnings } = decide(gate, pod());
    expect(verdict).toBe('allowed');
    expect(JSON.stringify(filled)).not.toContain('http://low');
    expect(warnings).toEqual([]);
  });

  test('that none replaces contradict each other, and the lower one refuses the pod', () => {
    const { verdict, said } = decide(two('http: "http://low"', 'http: "http://high"'), pod());
    expect(verdict).toBe('denied');
    expect(said).toEqual(['Deny proxyEnv: proxy variables (container "a" changes "HTTP_PROXY", "http_proxy")']);
  });
});

test('the containers of a class stay as the class has them', () => {
  const gate = gateOfSpec(
    `
network:
  hostAliases: { allowed: [] }
  proxy: { http: "http://p", caBundle: { configMap: c, key: k, mountPath: /ca } }
capabilities: [{ name: docker, assign: Always }]`,
    DOCKER_CLASS,
  );
  const { said, filled } = decide(gate, pod());
  expect(said).toEqual([]);
  expect(JSON.stringify(filled).match(/"mountPath":"\/ca"/g)).toHaveLength(1);
});

test('what the mutating webhook missed is refused', () => {
  const { findings } = validate(subjectOf(pod()), GATE);
  expect(findings.map(({ check }) => check)).toEqual(['filledIn']);
});

test('a policy without a part of the rule has neither checks nor fill-ins for it', () => {
  const policy = boundRule('network', { hostPorts: { allowed: [] } });
  expect(policy.checks.map(({ id }) => id)).toEqual(['hostPortRanges']);
  expect(policy.fillIns).toEqual([]);
});

test.each([
  [{ hostAliases: { add: [{ ip: '999.1.1.1', hostnames: ['a'] }] } }],
  [{ hostAliases: { add: [{ ip: '1.1.1.1', hostnames: ['a', 'a'] }] } }],
  [{ hostAliases: { allowed: [{ ip: '1.1.1.1/99' }] } }],
  [{ hostAliases: { allowed: [{}] } }],
  [{ proxy: {} }],
  [{ proxy: { http: 'proxy:3128' } }],
  [{ proxy: { noProxy: ['a,b'] } }],
  [{ proxy: { caBundle: { configMap: 'c', key: '../k', mountPath: 'relative' } } }],
  [{ dns: { defaultPolicy: 'None' } }],
  [{ dns: { defaultPolicy: 'Default', allowedPolicies: ['ClusterFirst'] } }],
  [{ dns: { defaultConfig: { nameservers: ['8.8.8.8'] }, allowedNameservers: ['10.0.0.0/8'] } }],
  [{ hostPorts: { allowed: ['90-80'] } }],
  [{ hostPorts: { allowed: ['0'] } }],
  [{ hostPorts: { allowed: ['65536'] } }],
  [{ hostPorts: {} }],
])('the parameters %j are refused', (parameters) => {
  expect(accepted('network', parameters)).toBeUndefined();
});
