// Nobody gets past a check by adding a container that has nothing to do with it.
import { describe, expect, test } from 'vitest';
import { CONTAINER_LISTS, viewOf } from '../../src/kubernetes/containers.ts';
import type { Container, PodTemplate } from '../../src/kubernetes/pod.ts';
import { NO_REQUEST } from '../../src/rules/check.ts';
import { RULES } from '../../src/rules/index.ts';
import { boundRule } from './bound.ts';

const CASES = RULES.flatMap(({ key, checks }) =>
  checks.flatMap(({ id, examples }) => examples.fail.map((example) => ({ key, id, ...example }))),
);

/** A container that a strict policy has nothing against. */
const DIGEST = `sha256:${'0a'.repeat(32)}`;
const HARMLESS: Container = {
  name: 'added',
  image: `registry.internal/added:1@${DIGEST}`,
  imagePullPolicy: 'Always',
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
  securityContext: {
    runAsUser: 1000,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

describe.each(CASES)('what the check $id of $key refuses: $name', ({ key, id, parameters, pod, request }) => {
  test.each(CONTAINER_LISTS)('is refused beside one more of %s', (list) => {
    const check = boundRule(key, parameters).checks.find((bound) => bound.id === id)?.check;
    const find = (template: PodTemplate) =>
      check?.(viewOf(template), { ...NO_REQUEST, object: { ...template }, ...request }) ?? [];
    const others = pod.spec?.[list] ?? [];
    const [behind, before] = [
      [...others, HARMLESS],
      [HARMLESS, ...others],
    ].map((members) => find({ ...pod, spec: { ...pod.spec, [list]: members } }));
    // What was found is found again, where it now stands.
    const values = find(pod).map(({ container, value }) => ({ container, value }));
    for (const found of [behind, before]) {
      expect(found?.map(({ container, value }) => ({ container, value }))).toEqual(expect.arrayContaining(values));
    }
  });
});
