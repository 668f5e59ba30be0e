// How refusals say to fix what is wrong: about what was found, and nothing else.
import { expect, test } from 'vitest';
import { validate } from '../../src/engine/validate.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { DOCKER_CLASS, grantingPolicy, NSJAIL_CLASS } from '../support/docker-class.ts';
import { gateOf, policyYaml, subjectOf } from '../support/gate.ts';

const restricted = gateOf(policyYaml('p', 'podSecurity: { level: restricted }'));

function pod(spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations }, spec };
}

function fixOf(object: JsonObject, check: string, gate = restricted): string | undefined {
  return validate(subjectOf(object), gate).findings.find((finding) => finding.check === check)?.fix;
}

const withCapabilities = (capabilities: JsonObject, list = 'containers'): JsonObject =>
  pod({ containers: [], [list]: [{ name: 'a', image: 'i', securityContext: { capabilities } }] });

test.each<[string, JsonObject, string]>([
  ['nothing is dropped', withCapabilities({}), 'set securityContext.capabilities.drop to ["ALL"] in every container'],
  [
    'all is spelled in lower case',
    withCapabilities({ drop: ['all'] }),
    'write ALL in upper case in securityContext.capabilities.drop: "all" was found, which Kubernetes does not take for it',
  ],
  [
    'one is added',
    withCapabilities({ drop: ['ALL'], add: ['KILL'] }),
    'remove from securityContext.capabilities.add all but NET_BIND_SERVICE',
  ],
  [
    'one is added and none dropped',
    withCapabilities({ add: ['KILL'] }),
    'set securityContext.capabilities.drop to ["ALL"] in every container, and remove from securityContext.capabilities.add all but NET_BIND_SERVICE',
  ],
  [
    'kubectl debug adds SYS_PTRACE',
    withCapabilities({ drop: ['ALL'], add: ['SYS_PTRACE'] }, 'ephemeralContainers'),
    'remove from securityContext.capabilities.add all but NET_BIND_SERVICE (kubectl debug --profile=restricted asks for no capability)',
  ],
])('the fix for capabilities is about what was found: %s', (_, object, fix) => {
  expect(fixOf(object, 'capabilities_restricted')).toBe(fix);
});

test('a refused pod is told of a class of its policy that grants what is refused, and no other is', () => {
  const gate = gateOf([
    NSJAIL_CLASS,
    DOCKER_CLASS,
    grantingPolicy('p', '[{ name: docker, implementation: rootless }, { name: nsjail }]'),
  ]);
  const security = {
    allowPrivilegeEscalation: true,
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
    capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
  };
  const fixes = (more: JsonObject): string =>
    validate(
      subjectOf(pod({ containers: [{ name: 'a', image: 'i', securityContext: { ...security, ...more } }] })),
      gate,
    )
      .findings.map(({ fix }) => fix)
      .join('; ');
  expect(fixes({})).toContain(
    '(or ask for class "nsjail", which grants what is refused here: annotation sandgate.dev/capabilities)',
  );
  expect(fixes({ privileged: true })).not.toContain('class');
});

test('a look-alike in the name of an image shows, and is said', () => {
  const gate = gateOf(
    policyYaml('p', 'identity: { images: [{ image: ghcr.io/acme/app, runAsUser: 5 }], unknownImage: Deny }'),
  );
  const { findings } = validate(
    subjectOf(pod({ containers: [{ name: 'a', image: 'ghcr.io/acme/\u0430pp\u200b' }] })),
    gate,
  );
  expect(findings.map(({ detail }) => detail)).toContain(
    'container "a" has no runAsUser and no row of the identity table matches image "ghcr.io/acme/\\u0430pp\\u200b"; \\u0430 stands for a character that is not ASCII',
  );
});

test('a pod that names too many containers for a class is told how many to name', () => {
  const gate = gateOf([DOCKER_CLASS, grantingPolicy('p', '[{ name: docker, implementation: rootless }]')]);
  const containers = [
    { name: 'a', image: 'i' },
    { name: 'b', image: 'i' },
  ];
  const asking = pod(
    { containers },
    { 'sandgate.dev/capabilities': 'docker', 'sandgate.dev/docker-containers': 'a,b' },
  );
  expect(fixOf(asking, 'capabilityGrants', gate)).toBe(
    'name containers of this pod in annotation sandgate.dev/docker-containers, as many as the class is granted to; an administrator can make a class for several (grant.containers: annotation)',
  );
});
