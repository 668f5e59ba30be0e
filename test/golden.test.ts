// Whole cases, each a folder of test/golden: policy.yaml and input.yaml, output.yaml as `inject` prints it, verdict.txt as
// `check` does. Each goes through the command line and through the webhook over TLS, then once more over its own output.
// UPDATE_GOLDEN=1 rewrites what is compared.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gate } from '../src/engine/gate.ts';
import { parseFiles } from '../src/library/offline/objects.ts';
import { subjectOf } from '../src/library/offline/subject.ts';
import { type JsonObject, ownField } from '../src/model/json.ts';
import { BUILT_IN } from '../src/workloads/index.ts';
import { type Printed, sandgate } from './cli/console.ts';
import { applyReply, type Outcome } from './support/api-server.ts';
import { gateOf } from './support/gate.ts';
import { startTestServer, type TestServer } from './support/tls-client.ts';

const FOLDER = resolve(import.meta.dirname, 'golden');
const FILES = ['input.yaml', 'output.yaml', 'policy.yaml', 'verdict.txt'];
const UPDATE = Boolean(process.env.UPDATE_GOLDEN);
const CASES = readdirSync(FOLDER).toSorted();

let server: TestServer;
let gate: Gate;

beforeAll(async () => {
  server = await startTestServer(() => gate);
});
afterAll(() => server.close());

test('there are cases', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(12);
});

describe.each(CASES)('golden case %s', (name) => {
  const folder = join(FOLDER, name);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  /** Compares, or rewrites. */
  const compare = (file: string, text: string): void => {
    if (UPDATE) writeFileSync(join(folder, file), text);
    expect(text).toBe(read(file));
  };

  let judgement: Promise<Printed> | undefined;
  const judgedInput = (): Promise<Printed> =>
    (judgement ??= sandgate(folder, 'check -p policy.yaml -f input.yaml -o json'));

  test('the command line fills in and judges', async () => {
    const filled = await sandgate(folder, 'inject -p policy.yaml -f input.yaml');
    expect(filled.code).toBe(0);
    compare('output.yaml', filled.stdout);
    const judged = await sandgate(folder, 'check -p policy.yaml -f input.yaml');
    expect(judged.code).toBe(judged.stdout.includes('\n0 denied, ') ? 0 : 1);
    compare('verdict.txt', judged.stdout);
  });

  test('it consists of these files and no others', () => {
    expect(readdirSync(folder).toSorted()).toEqual(FILES);
  });

  test('its own output is left as it is, and judged alike', async () => {
    const again = await sandgate(folder, 'inject -p policy.yaml -f output.yaml');
    expect(again.stdout).toBe(read('output.yaml'));
    const after = await sandgate(folder, 'check -p policy.yaml -f output.yaml -o json');
    expect(verdictsOf(after.json())).toEqual(verdictsOf((await judgedInput()).json()));
  });

  test('the webhook does the same', async () => {
    gate = gateOf(read('policy.yaml'));
    const inputs = objectsOf(read('input.yaml'));
    const outputs = objectsOf(read('output.yaml'));
    const verdicts = verdictsOf((await judgedInput()).json());
    expect(inputs.length).toBe(outputs.length);
    for (const [index, input] of inputs.entries()) {
      const mutated = await send('mutate', input);
      expect(mutated.result).toBe('allowed');
      expect(mutated.object).toEqual(outputs[index]);
      const output = outputs[index] ?? {};
      expect(await send('mutate', output)).toMatchObject({ result: 'allowed', operations: 0 });
      const validated = await send('validate', output);
      const { verdict, deniedAt } = verdicts[index] ?? {};
      // A kind whose pods are refused in its stead is let in with a warning.
      expect(validated.result).toBe(verdict === 'denied' && deniedAt === 'object' ? 'denied' : 'allowed');
      if (deniedAt === 'pod') expect(validated.warnings).not.toEqual([]);
    }
  });
});

function objectsOf(text: string): JsonObject[] {
  const { files } = parseFiles([{ file: 'golden', text }]);
  return files.flatMap((file) => file.documents.flatMap((document) => document.objects.map((object) => object.value)));
}

function verdictsOf(json: unknown): { readonly verdict: unknown; readonly deniedAt: unknown }[] {
  const results = ownField(json, 'results');
  return (Array.isArray(results) ? results : []).map((row: unknown) => ({
    verdict: ownField(row, 'verdict'),
    deniedAt: ownField(row, 'deniedAt'),
  }));
}

/** Sends the review of creating an object, and does with the reply what an API server does. */
async function send(webhook: 'mutate' | 'validate', object: JsonObject): Promise<Outcome> {
  const [input] = parseFiles([{ file: 'golden', text: JSON.stringify(object) }]).files[0]?.documents[0]?.objects ?? [];
  if (!input) throw new Error('not an object');
  const { kind, resource, namespace, name } = subjectOf(input, 'default', { username: '', groups: [] }, BUILT_IN);
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '6e2c1f48-49d3-4060-8037-a78e6afb2245',
      kind,
      resource: { group: kind.group, version: kind.version, resource },
      ...(name !== undefined && { name }),
      namespace,
      operation: 'CREATE',
      userInfo: { username: 'tenant', groups: ['system:authenticated'] },
      object,
      oldObject: null,
      dryRun: false,
    },
  };
  const answer = await server.client.post(`/${webhook}`, review);
  expect(answer.status).toBe(200);
  return applyReply({ name: `${webhook}.sandgate.dev`, type: webhook }, review, answer.body);
}
