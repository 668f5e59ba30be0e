// Whatever else a pod has beside what is wrong with it makes it no better.
import { describe, expect, test } from 'vitest';
import { CONTAINER_LISTS, viewOf } from '../../src/kubernetes/containers.ts';
import { NO_REQUEST } from '../../src/rules/check.ts';
import { RULES } from '../../src/rules/index.ts';
import { boundRule } from './bound.ts';

const UNRELATED = { name: 'unrelated', image: 'ghcr.io/acme/unrelated:1' };

const CASES = RULES.flatMap(({ key, checks }) =>
  checks.flatMap((check) => check.examples.fail.map((example) => ({ key, id: check.id, name: example.name, example }))),
);

describe.each(CASES)('what $id refuses is refused beside another container: $name', ({ key, id, example }) => {
  const { parameters, pod, request } = example;

  test.each(CONTAINER_LISTS.flatMap((list) => [[list, 'first'] as const, [list, 'last'] as const]))(
    'in %s, %s',
    (list, place) => {
      const members = pod.spec?.[list] ?? [];
      const containers = place === 'first' ? [UNRELATED, ...members] : [...members, UNRELATED];
      const crowded = { ...pod, spec: { ...pod.spec, [list]: containers } };
      const check = boundRule(key, parameters).checks.find((bound) => bound.id === id)?.check;
      expect(check?.(viewOf(crowded), { ...NO_REQUEST, object: crowded, ...request })).not.toBeUndefined();
    },
  );
});
