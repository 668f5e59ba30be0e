// References that name the same image in other words, or another image in nearly the same ones: who would run as whom?
import { describe, expect, test } from 'vitest';
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { type JsonObject, ownField } from '../../../src/model/json.ts';
import { gateOf, policyYaml, subjectOf } from '../../support/gate.ts';

const HEX = 'a'.repeat(64);
const gate = gateOf(
  policyYaml(
    'table',
    `
identity:
  unknownImage: Deny
  images:
    - { image: nginx, runAsUser: 101 }
    - { image: acme/app, runAsUser: 102 }
    - { image: ghcr.io/acme/app, runAsUser: 201 }
    - { image: ghcr.io/acme/app, tags: ">=1.0.0", runAsUser: 202 }
    - { image: ghcr.io/acme/app, tags: "*-full", runAsUser: 203 }
    - { image: ghcr.io/acme/app, tags: 1.5.0, runAsUser: 204 }
    - { image: ghcr.io/acme/app, digest: "sha256:${HEX}", runAsUser: 205 }
    - { image: "localhost:5000/app", runAsUser: 301 }
    - { image: "[2001:db8::1]:5000/app", runAsUser: 302 }
    - { image: "mirror.example/**/app", runAsUser: 401 }
`,
  ),
);

function pod(image: unknown): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' }, spec: { containers: [{ name: 'a', image }] } };
}

/** The user the pod is given, or `denied` where nobody knows one. */
function userOf(image: unknown): unknown {
  const filled = mutate(subjectOf(pod(image)), gate).object ?? {};
  const user = ownField(ownField(ownField(filled, 'spec'), 'securityContext'), 'runAsUser');
  const { verdict } = validate(subjectOf(filled), gate);
  expect(verdict).toBe(user === undefined ? 'denied' : 'allowed');
  return user ?? 'denied';
}

describe('the same image', () => {
  test.each([
    ['nginx', 101],
    ['nginx:latest', 101],
    ['library/nginx', 101],
    ['docker.io/nginx', 101],
    ['docker.io/library/nginx:1', 101],
    ['index.docker.io/library/nginx', 101],
    ['DOCKER.IO/library/nginx', 101],
    [`nginx@sha256:${HEX}`, 101],
    ['docker.io/acme/app', 102],
    ['GHCR.io/acme/app', 201],
    ['ghcr.io/acme/app:v1.2.3', 202],
    ['ghcr.io/acme/app:1.4.9', 202],
    ['ghcr.io/acme/app:1.5.0', 204],
    [`ghcr.io/acme/app:1.5.0@sha256:${HEX}`, 205],
    [`ghcr.io/acme/app:anything@sha256:${HEX}`, 205],
    ['ghcr.io/acme/app:1.2.3-full', 203],
    ['ghcr.io/acme/app:-full', 'denied'],
    ['localhost:5000/app', 301],
    ['LOCALHOST:5000/app:1', 301],
    ['[2001:db8::1]:5000/app', 302],
    ['[2001:DB8::1]:5000/app:v2', 302],
    ['mirror.example/ghcr.io/acme/app', 401],
    ['mirror.example/a/b/app:1', 401],
  ])('%s runs as %s', (image, user) => {
    expect(userOf(image)).toBe(user);
  });
});

describe('another image, or none', () => {
  test.each([
    ['a registry of another port', 'ghcr.io:443/acme/app'],
    ['a registry that begins like the other', 'ghcr.io.evil.example/acme/app'],
    ['a registry that ends like the other', 'evil-ghcr.io/acme/app'],
    ['a trailing dot', 'ghcr.io./acme/app'],
    ['the other registry as a folder', 'evil.example/ghcr.io/acme/app'],
    ['a folder more', 'ghcr.io/acme/app/evil'],
    ['a folder less', 'ghcr.io/app'],
    ['an upper-case repository', 'ghcr.io/Acme/app'],
    ['a look-alike letter', 'ghcr.io/аcme/app'],
    ['a full-width letter', 'ｇhcr.io/acme/app'],
    ['a space before', ' ghcr.io/acme/app'],
    ['a line break after', 'ghcr.io/acme/app\n'],
    ['a zero-width space', 'ghcr.io/acme/app\u200b'],
    ['a scheme', 'https://ghcr.io/acme/app'],
    ['a user before the registry', 'ghcr.io@evil.example/acme/app'],
    ['two digests', `ghcr.io/acme/app@sha256:${HEX}@sha256:${HEX}`],
    ['two tags', 'ghcr.io/acme/app:1.2.3:1.2.4'],
    ['an empty tag', 'ghcr.io/acme/app:'],
    ['a short digest', 'ghcr.io/acme/app@sha256:abc'],
    ['an upper-case digest', `ghcr.io/acme/app@sha256:${HEX.toUpperCase()}`],
    ['a slash after', 'ghcr.io/acme/app/'],
    ['two slashes', 'ghcr.io//acme/app'],
    ['dots as a folder', 'mirror.example/../ghcr.io/acme/app'],
    ['a bare image id', HEX],
    ['localhost of another port', 'localhost:5001/app'],
    ['localhost without a port', 'localhost/app'],
    ['an address without brackets', '2001:db8::1:5000/app'],
    ['an address with a zone', '[fe80::1%eth0]:5000/app'],
    ['an enormous name', `ghcr.io/${'acme/'.repeat(100_000)}app`],
    ['a key of the prototype', '__proto__'],
    ['another key of the prototype', 'constructor'],
    ['nothing', ''],
    ['null', null],
    ['no field at all', undefined],
  ])('%s does not get the user of another image', (_, image) => {
    expect(userOf(image)).toBe('denied');
  });
});

test('a user that is stated is no way to be root: it is judged', () => {
  const strict = gateOf(policyYaml('strict', 'podSecurity: { level: restricted }\nidentity: { runAsUser: 1000 }'));
  for (const runAsUser of [0, -0]) {
    const object: JsonObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      spec: { containers: [{ name: 'a', image: 'nginx', securityContext: { runAsUser } }] },
    };
    const filled = mutate(subjectOf(object), strict).object ?? object;
    const checks = validate(subjectOf(filled), strict).findings.map((finding) => finding.check);
    expect(checks).toContain('runAsUser');
  }
});
