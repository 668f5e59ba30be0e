// What is refused stays refused where a container is added that has nothing to do with it, in any list and at either end.
import { describe, expect, test } from 'vitest';
import { CONTAINER_LISTS, type ContainerList, viewOf } from '../../src/kubernetes/containers.ts';
import type { Container, PodTemplate } from '../../src/kubernetes/pod.ts';
import { NO_REQUEST } from '../../src/rules/check.ts';
import { RULES } from '../../src/rules/index.ts';
import { boundCheck } from './bound.ts';

const UNRELATED: Container = {
  name: 'unrelated',
  image: 'nginx',
  securityContext: { runAsUser: 65534, runAsNonRoot: true },
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
};

function withContainer(pod: PodTemplate, list: ContainerList, at: 'first' | 'last'): PodTemplate {
  const members = pod.spec?.[list] ?? [];
  const containers = at === 'first' ? [UNRELATED, ...members] : [...members, UNRELATED];
  return { ...pod, spec: { ...pod.spec, [list]: containers } };
}

const CHECKS = RULES.flatMap(({ key, checks }) => checks.map((check) => ({ key, ...check })));

describe.each(CHECKS)('the check $id', ({ key, id, examples }) => {
  test.each(examples.fail)('refuses beside any container: $name', ({ parameters, beside, pod, request }) => {
    const check = boundCheck(id, key, parameters, beside)?.check;
    const without = check?.(viewOf(pod), { ...NO_REQUEST, object: { ...pod }, ...request })?.length ?? 0;
    expect(without).toBeGreaterThan(0);
    for (const list of CONTAINER_LISTS) {
      for (const at of ['first', 'last'] as const) {
        const more = withContainer(pod, list, at);
        const found = check?.(viewOf(more), { ...NO_REQUEST, object: { ...more }, ...request });
        expect(found?.length ?? 0, `${list} ${at}`).toBeGreaterThanOrEqual(without);
      }
    }
  });
});
