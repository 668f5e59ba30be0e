// Processes through the whole engine: every kind, every list of containers, ephemeral containers, classes.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { decide, decideUpdate, gateOfSpec, inEveryKind, offline } from '../support/decide.ts';
import { DOCKER_CLASS } from '../support/docker-class.ts';
import { accepted, boundRule } from './bound.ts';

const RULE = 'process: { shareProcessNamespace: Deny, stdin: Deny, hostProbes: Deny, lifecycleExec: Deny }';
const GATE = gateOfSpec(RULE);

function pod(spec: JsonObject = {}): JsonObject {
  const containers = [{ name: 'a', image: 'app' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers, ...spec } };
}

function sandbox(spec: JsonObject, labels: JsonObject = {}): JsonObject {
  const podTemplate = { spec: pod(spec).spec };
  return {
    apiVersion: 'agents.x-k8s.io/v1beta1',
    kind: 'Sandbox',
    metadata: { name: 's', labels },
    spec: { podTemplate },
  };
}

const ATTEMPTS: readonly (readonly [string, JsonObject])[] = [
  ['stdin', { stdin: true }],
  ['stdinOnce alone', { stdinOnce: true }],
  ['a terminal', { tty: true }],
  ['a probe of the node', { livenessProbe: { tcpSocket: { host: 'localhost', port: 1 } } }],
  ['a command before the container stops', { lifecycle: { preStop: { exec: { command: ['sh'] } } } }],
];

describe.each(['initContainers', 'containers', 'ephemeralContainers'])('in %s', (list) => {
  test.each(ATTEMPTS)('%s is refused in every kind', (_, fields) => {
    const containers = [{ name: list === 'containers' ? 'a' : 'b', image: 'app', ...fields }];
    for (const [kind, object] of inEveryKind(pod({ [list]: containers }))) {
      expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
    }
  });
});

test('shared processes are refused in every kind, and as an update where they are new', () => {
  for (const [kind, object] of inEveryKind(pod({ shareProcessNamespace: true }))) {
    expect(decide(offline(GATE), object).verdict, kind).toBe('denied');
  }
  const shared = { shareProcessNamespace: true };
  expect(decideUpdate(GATE, sandbox({}), sandbox(shared)).verdict).toBe('denied');
  expect(decideUpdate(GATE, sandbox(shared), sandbox(shared, { a: 'b' })).verdict).toBe('allowed');
});

test('kubectl debug -it is refused in a pod that runs', () => {
  const object = pod({ ephemeralContainers: [{ name: 'debugger', image: 'busybox', stdin: true, tty: true }] });
  const request = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: pod() };
  expect(decide(GATE, object, request).said).toEqual([
    'Deny stdin: standard input or terminal (container "debugger" sets stdin, tty)',
  ]);
});

test('Warn lets a pod in with a warning', () => {
  const gate = gateOfSpec(
    'process: { shareProcessNamespace: Warn, stdin: Warn, hostProbes: Warn, lifecycleExec: Warn }',
  );
  const fields = Object.fromEntries(ATTEMPTS.flatMap(([, one]) => Object.entries(one)));
  const { verdict, said } = decide(gate, pod({ shareProcessNamespace: true, containers: [{ name: 'a', ...fields }] }));
  expect(verdict).toBe('allowed');
  expect(said.map((one) => one.split(':', 1)[0])).toEqual([
    'Warn shareProcessNamespace',
    'Warn stdin',
    'Warn hostProbes',
    'Warn lifecycleExec',
  ]);
});

test('the probes of a sidecar that a class adds are not asked for', () => {
  const gate = gateOfSpec(
    'process: { requiredProbes: [readinessProbe] }\ncapabilities: [{ name: docker, assign: Always }]',
    DOCKER_CLASS,
  );
  const readinessProbe = { httpGet: { port: 80 } };
  expect(decide(gate, pod({ containers: [{ name: 'a', readinessProbe }] })).said).toEqual([]);
  const own = [{ name: 's', restartPolicy: 'Always' }];
  expect(decide(gate, pod({ containers: [{ name: 'a', readinessProbe }], initContainers: own })).verdict).toBe(
    'denied',
  );
});

test('a policy that asks for nothing checks nothing', () => {
  expect(boundRule('process', { stdin: 'Ignore', requiredProbes: [] }).checks).toEqual([]);
});

test.each([[{ stdin: 'Allow' }], [{ requiredProbes: ['execProbe'] }], [{ tty: 'Deny' }]])(
  'the parameters %j are refused',
  (parameters) => {
    expect(accepted('process', parameters)).toBeUndefined();
  },
);
