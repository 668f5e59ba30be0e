// A grant where several policies match, and in the objects that make pods.
import { describe, expect, test } from 'vitest';
import { validate } from '../../../src/engine/validate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { grantingPolicy } from '../../support/docker-class.ts';
import { subjectOf } from '../../support/gate.ts';
import {
  ALICE,
  CONTAINERS,
  DOCKER,
  DORA,
  denials,
  GATE,
  gateWith,
  injected,
  LISTED,
  loot,
  podAsking,
  VM,
} from './granted-pod.ts';

describe('several policies', () => {
  const restricted = grantingPolicy('other', '[]');
  const always = '[{ name: docker, implementation: rootless, assign: Always }]';

  test.each<[string, readonly string[], string]>([
    ['one that does not list the class', [grantingPolicy('agents', LISTED), restricted], 'violates appArmorProfile, '],
    [
      'one that gives it unasked, and one that does not list it',
      [grantingPolicy('agents', always), restricted],
      'violates appArmorProfile, ',
    ],
    [
      'one with another implementation',
      [grantingPolicy('agents', LISTED), grantingPolicy('z', '[{ name: docker, implementation: kata-qemu }]')],
      'violates appArmorProfile, ',
    ],
  ])('%s: the stricter one judges what was added', (_, policies, reason) => {
    const gate = gateWith([DOCKER, VM, ...policies]);
    expect(denials(injected(podAsking('docker'), gate), {}, gate).join('\n')).toContain(reason);
  });

  test('what is given unasked is given to those who may use it', () => {
    const gate = gateWith([DOCKER, grantingPolicy('agents', always)]);
    const bare = { ...podAsking(''), metadata: { name: 'a' } };
    expect(denials(injected(bare, gate), {}, gate)).toEqual([]);
    expect(denials(injected(bare, gate), { user: ALICE }, gate).join('\n')).toContain(
      'capability_not_authorized: docker',
    );
  });
});

describe('objects that make pods', () => {
  const template = { ...podAsking('docker'), apiVersion: undefined, kind: undefined };
  test.each<[string, JsonObject]>([
    ['Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template } }],
    ['Job', { apiVersion: 'batch/v1', kind: 'Job', spec: { template } }],
    ['CronJob', { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } }],
  ])('%s: its owner hears that the service account may not, whoever the owner is', (_, object) => {
    const { findings } = validate(subjectOf({ metadata: { name: 'o' }, ...object }, { user: DORA }), GATE);
    const said = findings.map(({ reason, detail }) => `${reason} ${detail}`).join('\n');
    expect(said).toContain('capability_not_authorized: docker service account "default" may not');
  });

  test('a Sandbox: a variable from a file of the data', () => {
    const spec = { serviceAccountName: 'builder', containers: [{ ...CONTAINERS[0], env: loot('docker-data') }] };
    const podTemplate = { metadata: podAsking('docker').metadata, spec };
    const sandbox = {
      apiVersion: 'agents.x-k8s.io/v1beta1',
      kind: 'Sandbox',
      metadata: { name: 's' },
      spec: { podTemplate },
    };
    expect(denials(injected(sandbox)).join('\n')).toContain('capability_volume_not_granted: docker-data');
  });
});
