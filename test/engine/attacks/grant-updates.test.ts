// A pod that runs with its grants is updated: by somebody who may not use the class, after the class or the policy changed, or by
// an ephemeral container. Nothing more gets in.
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import type { UserInfo } from '../../../src/model/subject.ts';
import { classText } from '../../grants/shipped/shipped.ts';
import { grantingPolicy } from '../../support/docker-class.ts';
import { policyYaml } from '../../support/gate.ts';
import {
  ALICE,
  CONTAINERS,
  DOCKER,
  DORA,
  denials,
  edited,
  gateWith,
  injected,
  LISTED,
  loot,
  POD,
  VM,
} from './granted-pod.ts';

const DAEMON = 'spec/initContainers/docker-daemon';

describe('a pod that runs', () => {
  const limits = `${DAEMON}/resources/limits/memory`;
  const update = { operation: 'UPDATE', oldObject: POD };
  const resize = { ...update, subresource: 'resize' };
  const unasked = { ...POD, metadata: { name: 'a' } };

  test.each<[string, UserInfo, JsonObject]>([
    ['by somebody who may use the class', DORA, POD],
    ['by somebody who may not, to whom it was a violation before', ALICE, POD],
    ['where the request was taken off before', ALICE, unasked],
  ])('the daemon is not given more, %s', (_, user, before) => {
    const more = { ...resize, user, oldObject: before };
    expect(denials(edited(limits, '64Gi', before), more)).not.toEqual([]);
    // Their own containers are another matter.
    const own = denials(edited('spec/containers/side/resources', { limits: { memory: '2Gi' } }, before), more);
    expect(own).toEqual([]);
  });

  test('the daemon is not given more where the class was changed since', () => {
    const changed = gateWith([
      DOCKER.replaceAll('docker:27-dind-rootless', 'docker:28'),
      VM,
      grantingPolicy('agents', LISTED),
    ]);
    expect(denials(edited('metadata/labels', { a: 'b' }), update, changed)).toEqual([]);
    expect(denials(edited(limits, '64Gi'), resize, changed)).not.toEqual([]);
  });

  test.each<[string, JsonObject]>([
    ['a file of the data', { env: loot('docker-data') }],
    ['a file of the socket volume of another class', { env: loot('vm-socket') }],
    ['the processes of a privileged container', { targetContainerName: 'vm-daemon' }],
  ])('an ephemeral container does not get %s', (_, fields) => {
    const safe = { runAsUser: 1000, runAsNonRoot: true, allowPrivilegeEscalation: false };
    const profile = { seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } };
    const plain = { name: 'debug', image: 'd', securityContext: { ...safe, ...profile } };
    const more = { ...update, subresource: 'ephemeralcontainers' };
    expect(denials(edited('spec/ephemeralContainers', [plain]), more)).toEqual([]);
    expect(denials(edited('spec/ephemeralContainers', [{ ...plain, ...fields }]), more)).toHaveLength(1);
  });

  test('a class that everybody is given since then is not held against it', () => {
    const since = gateWith([classText('nsjail'), grantingPolicy('agents', '[{ name: nsjail, assign: Always }]')]);
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: CONTAINERS } };
    const before = injected(bare, gateWith([grantingPolicy('agents', '[]')]));
    const more = { operation: 'UPDATE', oldObject: before };
    expect(denials(before, {}, since).join('\n')).toContain('capability_');
    expect(denials(edited('spec/containers/app/image', 'z', before), more, since)).toEqual([]);
    expect(denials(edited('spec/containers/app/securityContext/privileged', true, before), more, since)).not.toEqual(
      [],
    );
  });

  test('what it was given unasked stays shut for somebody who may not use it, whatever else the policy asks', () => {
    const always = 'capabilities: [{ name: docker, implementation: rootless, assign: Always }]';
    const lax = gateWith([DOCKER, policyYaml('lax', always)]);
    const bare = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: CONTAINERS } };
    const before = injected(bare, lax);
    const debug = { name: 'debug', image: 'd', volumeMounts: [{ name: 'docker-data', mountPath: '/loot' }] };
    const more = { operation: 'UPDATE', subresource: 'ephemeralcontainers', oldObject: before };
    const after = edited('spec/ephemeralContainers', [debug], before);
    expect(denials(before, {}, lax)).toEqual([]);
    expect(denials(after, more, lax)).toHaveLength(1);
    expect(denials(after, { ...more, user: ALICE }, lax).join('\n')).toContain('capability_not_authorized: docker');
  });

  test('its classes are gone, and nothing more gets in', () => {
    const gone = gateWith([grantingPolicy('agents', '[]')]);
    expect(denials(edited('metadata/labels', { a: 'b' }), update, gone)).toEqual([]);
    expect(denials(edited('spec/containers/side/image', 'z'), update, gone)).not.toEqual([]);
  });
});
