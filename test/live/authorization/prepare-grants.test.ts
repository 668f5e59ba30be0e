// What is found out before a review is decided; and that reviews which ask for nothing do not wait.
import { describe, expect, test } from 'vitest';
import type { Prepare } from '../../../src/admission/prepare.ts';
import { prepareGrants, prepareTogether } from '../../../src/cluster/authorization/prepare-grants.ts';
import type { Gate, UseAnswer, UseRequest } from '../../../src/engine/gate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const CLASSES = ['docker', 'nsjail'].map(
  (name) => `apiVersion: sandgate.dev/v1alpha1
kind: CapabilityClass
metadata: { name: ${name} }
spec: { implementations: [{ name: one, template: { spec: { containers: [{ name: ${name}-daemon, image: x:1 }] } } }] }
`,
);
const GATE = gateOf([...CLASSES, policyYaml('p', 'capabilities: [{ name: docker }, { name: nsjail }]')], {
  agents: { tier: 'a' },
});

function pod(capabilities?: string): JsonObject {
  const annotations = capabilities === undefined ? {} : { 'sandgate.dev/capabilities': capabilities };
  const spec = { serviceAccountName: 'robot', containers: [{ name: 'a', image: 'b' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations }, spec };
}

/** Who is asked about is noted; nobody may anything but `docker`. */
function prepared(asked: UseRequest[] = []): Prepare {
  return prepareGrants({
    async mayUse(request) {
      asked.push(request);
      await Promise.resolve();
      return request.className === 'docker' ? 'allowed' : 'denied';
    },
  });
}

function ask(gate: Gate | undefined, overrides: Partial<UseRequest> = {}): UseAnswer | undefined {
  const user = { username: 'tenant', groups: ['system:authenticated'] };
  return gate?.surroundings.mayUse?.({
    className: 'docker',
    namespace: 'agents',
    user,
    serviceAccount: 'robot',
    ...overrides,
  });
}

test('a review that asks for nothing is not kept waiting, and nobody is asked about', () => {
  const asked: UseRequest[] = [];
  const prepare = prepared(asked);
  expect(prepare(subjectOf(pod()), GATE, 'validate')).toBeUndefined();
  expect(prepare(subjectOf(pod('')), GATE, 'mutate')).toBeUndefined();
  expect(prepare(subjectOf(pod('podman')), GATE, 'validate')).toBeUndefined();
  expect(prepare(subjectOf(pod('docker'), { operation: 'DELETE' }), GATE, 'validate')).toBeUndefined();
  expect(asked).toEqual([]);
});

test('the gate then knows what was asked, and says of nothing else that it is allowed', async () => {
  const asked: UseRequest[] = [];
  const gate = await prepared(asked)(subjectOf(pod('docker,nsjail')), GATE, 'validate');
  expect(asked.map(({ className }) => className)).toEqual(['docker', 'nsjail']);
  expect(gate?.policies).toBe(GATE.policies);
  expect(gate?.surroundings.namespaceLabels('agents')).toEqual({ tier: 'a' });
  expect(ask(gate)).toBe('allowed');
  expect(ask(gate, { className: 'nsjail' })).toBe('denied');
  expect(ask(gate, { className: 'other' })).toBe('unknown');
  expect(ask(gate, { serviceAccount: 'default' })).toBe('unknown');
  expect(ask(gate, { namespace: 'other' })).toBe('unknown');
  expect(ask(gate, { user: { username: 'other', groups: [] } })).toBe('unknown');
  expect(Object.keys(GATE.surroundings)).toEqual(['namespaceLabels']);
});

test('surroundings that are an object with methods keep them', async () => {
  class Known {
    readonly #labels = { tier: 'b' };
    readonly #annotations = { users: '1/1' };
    namespaceLabels(): Record<string, string> {
      return this.#labels;
    }
    namespaceAnnotations(): Record<string, string> {
      return this.#annotations;
    }
  }
  const gate = await prepared()(subjectOf(pod('docker')), { ...GATE, surroundings: new Known() }, 'validate');
  expect(gate?.surroundings.namespaceLabels('agents')).toEqual({ tier: 'b' });
  expect(gate?.surroundings.namespaceAnnotations?.('agents')).toEqual({ users: '1/1' });
});

const labels: Prepare = async (_subject, gate) => {
  await Promise.resolve();
  return { ...gate, surroundings: { namespaceLabels: () => ({ tier: 'found' }) } };
};

const nothing: Prepare = () => undefined;

describe('together with the labels of a namespace', () => {
  test('where there is nothing to find out, nobody waits', () => {
    expect(prepareTogether(nothing, prepared())(subjectOf(pod()), GATE, 'validate')).toBeUndefined();
  });

  test.each<[string, Prepare, string | undefined, object, UseAnswer | undefined]>([
    ['only the labels', labels, undefined, { tier: 'found' }, undefined],
    ['only the grants', nothing, 'docker', { tier: 'a' }, 'allowed'],
    ['both', labels, 'docker', { tier: 'found' }, 'allowed'],
  ])('looked up for a pod: %s', async (_, first, capabilities, expected, answer) => {
    const gate = await prepareTogether(first, prepared())(subjectOf(pod(capabilities)), GATE, 'validate');
    expect(gate?.surroundings.namespaceLabels('agents')).toEqual(expected);
    expect(ask(gate)).toBe(answer);
  });

  test('both are asked for at the same time', async () => {
    const order: string[] = [];
    const slow =
      (name: string, prepare: Prepare): Prepare =>
      (...given) => {
        order.push(`${name} begins`);
        return prepare(...given)?.finally(() => order.push(`${name} ends`));
      };
    await prepareTogether(slow('labels', labels), slow('grants', prepared()))(subjectOf(pod('docker')), GATE, 'mutate');
    expect(order.slice(0, 2)).toEqual(['labels begins', 'grants begins']);
    expect(order).toHaveLength(4);
  });
});
