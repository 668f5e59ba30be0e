// A container added to a running pod: nothing but that container may be written, and the pod's own values count.
import { expect, test } from 'vitest';
import type { PodTemplate } from '../../src/kubernetes/pod.ts';
import { type FillScope, NO_NOTES } from '../../src/rules/fill-in.ts';
import { HARDEN_FIELDS } from '../../src/rules/harden/parameters.ts';
import { RULES } from '../../src/rules/index.ts';
import { frozen } from './frozen.ts';

const SPEC = { identity: { runAsUser: 1000, fsGroup: 1000 }, harden: HARDEN_FIELDS, runtime: { default: 'gvisor' } };
const ADDED: FillScope = {
  podLevel: false,
  podDefaults: false,
  includes: (list, index) => list === 'ephemeralContainers' && index === 0,
};

function fill(template: PodTemplate): PodTemplate {
  const fillIns = RULES.flatMap((rule) => rule.bind(SPEC).fillIns);
  return fillIns.reduce((filled, fillIn) => fillIn.fill(frozen(filled), ADDED, NO_NOTES), template);
}

test('everything it lacks is written into the container', () => {
  const containers = [{ name: 'a' }];
  expect(fill({ spec: { containers, ephemeralContainers: [{ name: 'e' }, { name: 'old' }] } })).toEqual({
    spec: {
      containers,
      ephemeralContainers: [
        {
          name: 'e',
          securityContext: {
            runAsUser: 1000,
            runAsNonRoot: true,
            seccompProfile: { type: 'RuntimeDefault' },
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
        },
        { name: 'old' },
      ],
    },
  });
});

test('what the pod gives is not written again', () => {
  const securityContext = { runAsUser: 5, runAsNonRoot: true, seccompProfile: { type: 'Localhost' } };
  expect(fill({ spec: { securityContext, ephemeralContainers: [{ name: 'e' }] } })).toEqual({
    spec: {
      securityContext,
      ephemeralContainers: [
        {
          name: 'e',
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
        },
      ],
    },
  });
});

test("a pod's runAsNonRoot false holds for the container", () => {
  const filled = fill({ spec: { securityContext: { runAsNonRoot: false }, ephemeralContainers: [{ name: 'e' }] } });
  expect(filled.spec?.ephemeralContainers?.[0]?.securityContext).not.toHaveProperty('runAsNonRoot');
});
