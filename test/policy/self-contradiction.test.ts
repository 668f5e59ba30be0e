// A policy is refused where it would fill in what it refuses itself, or two values of one field.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { acceptPolicy } from '../../src/resources/isolation-policy/accept.ts';

function problems(spec: JsonObject): readonly string[] {
  const document = { apiVersion: 'sandgate.dev/v1alpha1', kind: 'IsolationPolicy', metadata: { name: 'p' }, spec };
  return acceptPolicy(document, 'p').errors.map(({ keys, message }) => `${keys.join('.')}: ${message}`);
}

const CA = { caBundle: { configMap: 'egress-ca', key: 'ca.crt', mountPath: '/etc/egress-ca' } };

describe('a policy is refused that fills in', () => {
  test('a volume of a type that it does not allow', () => {
    expect(problems({ network: { proxy: CA }, volumes: { allowedTypes: ['emptyDir'] } })).toEqual([
      'spec.network: fills in spec.volumes[1].configMap, which check volumeTypes of the same policy refuses: ' +
        'volume type not allowed (volume "sandgate-proxy-ca" must be of a type among "emptyDir", found "configMap")',
    ]);
  });

  test('a variable that it forbids', () => {
    expect(
      problems({ network: { proxy: { http: 'http://proxy:1' } }, env: { forbidden: ['HTTP_PROXY', 'x'] } }).join(),
    ).toContain(
      'spec.network: fills in spec.initContainers[0].env[0].name, which check forbiddenEnv of the same policy refuses',
    );
  });

  test('two values of one variable', () => {
    expect(problems({ identity: { home: '/a' }, env: { add: [{ name: 'HOME', value: '/b' }] } })).toEqual([
      'spec.env: fills in spec.initContainers["setup"].env["HOME"].value "/b", and home of the same policy fills in "/a"',
    ]);
  });
});

describe('a policy is accepted', () => {
  test('that fills in the same value by two rules', () => {
    expect(problems({ identity: { home: '/a' }, env: { add: [{ name: 'HOME', value: '/a' }] } })).toEqual([]);
  });

  test('that only warns of what it fills in, or has an exception from the check', () => {
    const spec = { network: { proxy: CA }, volumes: { allowedTypes: ['emptyDir'] } };
    expect(problems({ ...spec, checks: { volumeTypes: { validationActions: ['Warn'] } } })).toEqual([]);
    const except = [{ values: [], reason: 'the certificates of the proxy' }];
    expect(problems({ ...spec, checks: { volumeTypes: { except } } }).join()).not.toContain('fills in');
  });

  test('that adds one toleration and requires another one of the pods', () => {
    const addTolerations = [{ key: 'a', operator: 'Exists' }];
    expect(
      problems({ scheduling: { addTolerations, requiredTolerations: [{ key: 'b', operator: 'Exists' }] } }),
    ).toEqual([]);
  });

  test('that replaces a registry whose images it does not all allow', () => {
    const rewrite = [{ from: 'docker.io', to: 'registry.internal/docker' }];
    expect(problems({ images: { rewrite, allowed: ['registry.internal/docker/acme/**'] } })).toEqual([]);
  });

  test('that takes its users from the namespace, of which nothing is known yet', () => {
    expect(
      problems({ identity: { runAsUser: 5000, users: { fromNamespaceAnnotation: 'example.com/users' } } }),
    ).toEqual([]);
  });

  test('whose own expression refuses what it fills in, since an expression can ask anything', () => {
    const validations = [
      { name: 'x', expression: '!has(object.spec.hostUsers)', message: 'm', path: 'spec.hostUsers' },
    ];
    expect(problems({ harden: ['hostUsers'], validations })).toEqual([]);
  });
});
