// Fields of every wrong type. A pod's types are the API server's business; a custom resource can hold anything.
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { hostileServer } from '../../support/hostile-server.ts';
import { reviewText } from '../../support/review-text.ts';

const server = hostileServer();
const PREFIX = 'spec.podTemplate.';

/** A template in which everything is of the right type. */
const GOOD: JsonObject = {
  metadata: { name: 'n', generateName: 'g', namespace: 'x', labels: { a: 'b' }, annotations: { a: 'b' } },
  spec: {
    containers: [
      {
        name: 'a',
        image: 'i',
        ports: [{ containerPort: 1, hostPort: 0 }],
        livenessProbe: { httpGet: { host: '' } },
        lifecycle: { preStop: { tcpSocket: { host: '' } } },
        securityContext: {
          capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
          privileged: false,
          allowPrivilegeEscalation: false,
          procMount: 'Default',
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 1,
          runAsGroup: 1,
          seccompProfile: { type: 'RuntimeDefault' },
          seLinuxOptions: { type: 'container_t' },
          windowsOptions: { hostProcess: false },
        },
        volumeDevices: [],
      },
    ],
    initContainers: [{ name: 'b' }],
    ephemeralContainers: [{ name: 'c' }],
    volumes: [{ name: 'v', emptyDir: {} }],
    securityContext: {
      fsGroup: 1,
      fsGroupChangePolicy: 'Always',
      supplementalGroups: [1],
      sysctls: [{ name: 's', value: '1' }],
      appArmorProfile: { type: 'RuntimeDefault', localhostProfile: '' },
    },
    os: { name: 'linux' },
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    hostUsers: false,
    runtimeClassName: 'r',
    serviceAccountName: 'd',
  },
};

interface Place {
  /** As messages write it. */
  readonly path: string;
  readonly expected: string;
  readonly inList: boolean;
  /** The template with another value there. */
  put(value: unknown): JsonObject;
}

/** Every field of the template, with what it must be. */
function placesIn(value: unknown, path: string, put: Place['put'], inList = false): Place[] {
  const here = { path, expected: expectedOf(value), inList, put };
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const members = list.flatMap((member, i) => placesIn(member, `${path}[${i}]`, (v) => put(list.with(i, v)), true));
    return [here, ...members];
  }
  if (!isJsonObject(value)) return [here];
  const fields = Object.entries(value).flatMap(([key, member]) => {
    // A volume may have any source.
    if (key === 'emptyDir') return [];
    const inMap = path.endsWith('labels') || path.endsWith('annotations');
    return placesIn(member, path === '' ? key : `${path}.${key}`, (v) => put({ ...value, [key]: v }), inMap);
  });
  return [here, ...fields];
}

function expectedOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return 'an integer';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'string' ? 'a string' : 'an object';
}

const WRONG: readonly unknown[] = [null, true, 0.5, 7, 'text', '', [], [null], [[]], {}, { length: 1, 0: {} }];

function isRight(value: unknown, { expected, inList, path }: Place): boolean {
  if (value === null) return !inList;
  if (typeof value === 'number') return expected === 'an integer' && Number.isInteger(value);
  // Of volume devices it only matters that there are some.
  if (Array.isArray(value)) return expected === 'a list' && (value.length === 0 || path.endsWith('volumeDevices'));
  return expectedOf(value) === expected;
}

const places = placesIn(GOOD, '', (value) => (isJsonObject(value) ? value : {})).filter((place) => place.path !== '');

test('the template is a good one', async () => {
  expect(places.length).toBeGreaterThan(60);
  const text = sandbox(JSON.stringify(GOOD));
  expect((await server.review('validate', text)).message).not.toContain('shape');
});

function sandbox(template: string): string {
  return reviewText({ kind: 'Sandbox' }).replace(
    /"podTemplate":\{.*?\}\}(?=\}\},"oldObject")/,
    () => `"podTemplate":${template}`,
  );
}

describe('a custom resource with a wrong type is refused by name, and not filled in', () => {
  test.each(places.map((place) => [place.path, place] as const))(
    'a wrong type is refused by name at %s',
    async (path, place) => {
      for (const value of WRONG.filter((candidate) => !isRight(candidate, place))) {
        const text = sandbox(JSON.stringify(place.put(value)));
        const named = `${PREFIX}${path} must be ${place.expected}`;
        // A wrong member of a list or map of the right type is named itself.
        const said = Array.isArray(value) && place.expected === 'a list' ? `${PREFIX}${path}[0] must be ` : named;
        const validated = await server.review('validate', text);
        expect(validated).toMatchObject({ result: 'denied', code: 403 });
        expect(validated.message).toContain(said);
        const mutated = await server.review('mutate', text);
        expect(mutated).toMatchObject({ result: 'allowed', operations: 0 });
        expect(mutated.warnings.join()).toContain(said);
      }
    },
  );
});

describe('what has the right type is read', () => {
  test.each(places.filter((place) => !place.inList).map((place) => [place.path, place] as const))(
    'null is read as absent at %s',
    async (_, place) => {
      const text = sandbox(JSON.stringify(place.put(null)));
      expect((await server.review('validate', text)).message).not.toContain('the shape of');
      expect((await server.review('mutate', text)).warnings).toEqual([]);
    },
  );

  test.each([
    '{}',
    '{"spec":{}}',
    '{"metadata":{}}',
    '{"spec":{"containers":[{},{},{}]}}',
    '{"metadata":null,"spec":null}',
  ])('the template %s is read', async (template) => {
    await server.review('mutate', sandbox(template));
    expect((await server.review('validate', sandbox(template))).message).not.toContain('the shape of');
  });
});

describe('what should hold a template and cannot', () => {
  test.each(['"text"', '7', 'true', '[]', '[{"podTemplate":{}}]'])('a spec of %s', async (spec) => {
    const text = reviewText({ kind: 'Sandbox' }).replace(
      /"spec":\{"podTemplate":.*\}(?=\},"oldObject")/,
      () => `"spec":${spec}`,
    );
    expect((await server.review('validate', text)).message).toContain('spec must be an object');
    expect((await server.review('mutate', text)).warnings).toEqual(['left as it is: spec must be an object']);
  });

  test.each(['null', '{}', '{"podTemplate":null}'])('a spec of %s holds none', async (spec) => {
    const text = reviewText({ kind: 'Sandbox' }).replace(
      /"spec":\{"podTemplate":.*\}(?=\},"oldObject")/,
      () => `"spec":${spec}`,
    );
    for (const webhook of ['mutate', 'validate'] as const) {
      const outcome = await server.review(webhook, text);
      expect(outcome).toMatchObject({ result: 'allowed', operations: 0, warnings: [] });
      expect(outcome.audit[`${webhook}/exempt`]).toBe('no-template');
    }
  });
});
