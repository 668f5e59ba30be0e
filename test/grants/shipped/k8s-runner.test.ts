// The class that stands in for k8s-runner's own injection: its four modes against pods written out by hand, and its error
// codes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Gate } from '../../../src/engine/gate.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { GRANTS_CHECK } from '../../../src/model/names.ts';
import { folderWith, sandgate } from '../../cli/console.ts';
import { policyYaml } from '../../support/gate.ts';
import { asObject, denials, filled, gateGranting, listOf, podAsking, refusals, shippedGate } from './shipped.ts';

const MODES = ['rootless', 'privileged', 'kata-qemu', 'kata-fc'] as const;

function fixture(name: string): JsonObject {
  return asObject(parse(readFileSync(join(import.meta.dirname, 'k8s-runner', `${name}.yaml`), 'utf8')));
}

/** The words of the script are Sandgate's own: what they write is compared elsewhere. */
function withoutScript(pod: JsonObject): JsonObject {
  const text = JSON.stringify(pod, (key, value: unknown) =>
    key === 'args' && Array.isArray(value) && String(value[0]).includes('/subid/') ? ['SCRIPT'] : value,
  );
  return asObject(JSON.parse(text));
}

/** A policy that fills in nothing, so that what is there is the class's. */
function plainPolicy(implementation: string): string {
  return policyYaml(
    'agents',
    `podSecurity: { level: restricted }\ncapabilities: [{ name: docker, implementation: ${implementation} }]`,
  );
}

function gateFor(implementation: string): Gate {
  return shippedGate(['docker-k8s-runner'], [plainPolicy(implementation)]);
}

function gateHardening(implementation: string): Gate {
  return gateGranting('docker-k8s-runner', implementation);
}

describe.each(MODES)('mode %s of k8s-runner', (mode) => {
  test('is what k8s-runner would have injected, and nothing else', () => {
    expect(withoutScript(filled(fixture('input'), gateFor(mode)))).toEqual(fixture(mode));
  });

  test('the command line injects the same', async () => {
    const input = readFileSync(join(import.meta.dirname, 'k8s-runner', 'input.yaml'), 'utf8');
    const folder = folderWith({ 'policy.yaml': plainPolicy(mode), 'input.yaml': input });
    const printed = await sandgate(folder, 'inject -p docker-k8s-runner policy.yaml -f input.yaml -o yaml');
    expect(printed.code).toBe(0);
    expect(withoutScript(asObject(parse(printed.stdout)))).toEqual(fixture(mode));
  });

  test('a pod that k8s-runner itself made so is left as it is', () => {
    const made = fixture(mode);
    const once = filled(fixture('input'), gateFor(mode));
    const [init] = listOf(once, 'initContainers');
    const script = asObject(init).args;
    const pod = asObject(JSON.parse(JSON.stringify(made, (key, value: unknown) => (key === 'args' ? script : value))));
    expect(filled(pod, gateFor(mode))).toBe(pod);
  });

  test('is granted, and its containers are left alone, where the policy hardens', () => {
    const gate = gateHardening(mode);
    const pod = filled(fixture('input'), gate);
    const daemon = listOf(pod, 'containers').find(({ name }) => name === 'docker-daemon');
    expect(daemon).toEqual(listOf(fixture(mode), 'containers').find(({ name }) => name === 'docker-daemon'));
    expect(refusals(fixture('input'), gate)).toEqual([]);
  });
});

describe('its error codes', () => {
  const gate = gateFor('rootless');
  const app = { name: 'main', image: 'a:1' };
  const unlisted = shippedGate(['docker-k8s-runner'], [policyYaml('agents', 'podSecurity: { level: restricted }')]);
  const misspelt: Gate = { ...gate, implementations: new Map([['docker', 'podman']]) };

  test.each<[string, JsonObject, Gate, string]>([
    ['an empty name', podAsking('docker, ,'), gate, 'capability_required'],
    ['a name that is none', podAsking('podman'), gate, 'unknown_capability: podman'],
    ['no policy lists it', podAsking('docker'), unlisted, 'docker_capability_not_configured'],
    ['an implementation that is none', podAsking('docker'), misspelt, 'unknown_docker_implementation: podman'],
    ...['docker-daemon', 'docker-subid-init'].flatMap((name): [string, JsonObject, Gate, string][] => [
      [
        `a container is named ${name}`,
        podAsking('docker', { containers: [app, { name, image: 'a:1' }] }),
        gate,
        `capability_container_name_conflict: ${name}`,
      ],
      [
        `an init container is named ${name}`,
        podAsking('docker', { initContainers: [{ name, image: 'a:1' }] }),
        gate,
        `capability_container_name_conflict: ${name}`,
      ],
    ]),
    ...['docker-data', 'docker-run', 'docker-tun', 'docker-subid'].map((name): [string, JsonObject, Gate, string] => [
      `a volume is named ${name}`,
      podAsking('docker', { volumes: [{ name, configMap: { name: 'mine' } }] }),
      gate,
      `capability_volume_name_conflict: ${name}`,
    ]),
  ])('the error code is that of k8s-runner: %s', (_, pod, against, code) => {
    const found = denials(filled(pod, against), against).filter(({ check }) => check === GRANTS_CHECK);
    expect(found.map(({ reason }) => reason)).toEqual([code]);
  });

  test('names are trimmed, of any case, and count once', () => {
    expect(refusals(podAsking(' DOCKER ,docker'), gateHardening('rootless'))).toEqual([]);
  });

  test('a privileged daemon does not stand in the way of what only the rootless one has', () => {
    const volumes = ['docker-run', 'docker-tun', 'docker-subid'].map((name) => ({ name, emptyDir: {} }));
    const initContainers = [{ name: 'docker-subid-init', image: 'a:1' }];
    const pod = filled(podAsking('docker', { volumes, initContainers }), gateFor('privileged'));
    expect(listOf(pod, 'containers').map(({ name }) => name)).toEqual(['app', 'docker-daemon']);
  });
});

test('a DOCKER_HOST of its own is kept and refused, where k8s-runner would overwrite it', () => {
  const containers = [{ name: 'main', image: 'a:1', env: [{ name: 'DOCKER_HOST', value: 'tcp://elsewhere:2375' }] }];
  const pod = podAsking('docker', { containers });
  expect(filled(pod, gateFor('privileged'))).toBe(pod);
  expect(refusals(pod, gateFor('privileged'))).toContain(
    'capability_env_conflict: DOCKER_HOST (value is "tcp://elsewhere:2375", class "docker" has "tcp://localhost:2375")',
  );
});
