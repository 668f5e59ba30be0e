// `node test/bench/grants.ts`: what a pod that asks for docker costs the engine, beside the same pod that asks for nothing. In
// microseconds of processor time of this thread, so that others on the machine matter less, and as a ratio of JSON.parse of the
// review that is answered.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeReview } from '../../src/admission/decode.ts';
import { encodeDecision } from '../../src/admission/encode.ts';
import type { Gate } from '../../src/engine/gate.ts';
import { useRequests } from '../../src/engine/grants/use-requests.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { isJsonObject, type JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { classText } from '../grants/shipped/shipped.ts';
import { gateOf } from '../support/gate.ts';
import { withRequest } from '../support/reviews.ts';
import { referenceReview } from './reviews.ts';

const AGENTS = readFileSync(join(import.meta.dirname, '../../policies/agents/policy.yaml'), 'utf8');
const ROUNDS = 5;
const CALLS = 5000;
const COPIES = 100;

/** The shipped policy, with these classes listed; everybody may use them. */
function gateWith(capabilities: string): Gate {
  const documents = capabilities === '' ? [AGENTS] : [classText('docker'), classText('nsjail'), AGENTS + capabilities];
  const gate = gateOf(documents);
  return { ...gate, surroundings: { ...gate.surroundings, mayUse: () => 'allowed' } };
}

/** The median of several rounds, in microseconds of processor time per call. */
function cost(run: (call: number) => unknown): number {
  for (let i = 0; i < CALLS; i++) run(i);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.threadCpuUsage();
    for (let i = 0; i < CALLS; i++) run(i);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / CALLS;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

/** The reference review; its pod asks for these classes where any are named. */
function asking(classes: string): JsonObject {
  const review = referenceReview();
  if (classes === '') return review;
  const { request } = review;
  const object = isJsonObject(request) && isJsonObject(request.object) ? request.object : {};
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const annotations = { 'sandgate.dev/capabilities': classes };
  return withRequest(review, { object: { ...object, metadata: { ...metadata, annotations } } });
}

function subjectOf(review: JsonObject): Subject {
  const decoded = decodeReview(review);
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.subject;
}

/** As many reviews as there are in a while, each parsed by itself: none may profit from being the same object as the last. */
function arriving(text: string): (call: number) => Subject {
  const parsed = (): Subject => {
    const review: unknown = JSON.parse(text);
    if (!isJsonObject(review)) throw new Error('not a review');
    return subjectOf(review);
  };
  const subjects = Array.from({ length: COPIES }, parsed);
  return (call) => subjects[call % COPIES] ?? parsed();
}

function print(name: string, micros: number, base: number): void {
  console.log(`${name.padEnd(52)}${micros.toFixed(2).padStart(10)}${`${(micros / base).toFixed(2)}x`.padStart(10)}`);
}

const ROOTLESS = '  capabilities: [{ name: docker, implementation: rootless }, { name: nsjail }]\n';
const CHOSEN = '  capabilities: [{ name: docker }, { name: nsjail }]\n';
const CASES: readonly (readonly [string, Gate, string])[] = [
  ['asks for nothing, and there are no classes', gateWith(''), ''],
  ['asks for nothing', gateWith(ROOTLESS), ''],
  ['asks for docker, rootless by the policy', gateWith(ROOTLESS), 'docker'],
  ['asks for docker, rootless by its condition', gateWith(CHOSEN), 'docker'],
  ['asks for nsjail', gateWith(ROOTLESS), 'nsjail'],
  ['asks for docker and nsjail', gateWith(ROOTLESS), 'docker,nsjail'],
];

console.log(`node ${process.version}\n\n${''.padEnd(52)}${'us'.padStart(10)}${'of parse'.padStart(10)}`);
for (const [name, gate, classes] of CASES) {
  const review = asking(classes);
  const text = JSON.stringify(review);
  const subject = subjectOf(review);
  const decision = mutate(subject, gate);
  const object = decision.object ?? {};
  const filled = { ...subject, object };
  const denied = validate(filled, gate).findings.filter(({ action }) => action === 'Deny');
  if (denied.length > 0) throw new Error(`${name}: it is refused: ${denied[0]?.reason}`);
  const larger = JSON.stringify(withRequest(review, { object }));
  const plain = arriving(text);
  const complete = arriving(larger);
  console.log(`${name}:`);
  const parse = cost(() => JSON.parse(text));
  print(`  JSON.parse of what is filled in (${text.length} bytes)`, parse, parse);
  print(
    '  who has to be asked about',
    cost((call) => useRequests(plain(call), gate)),
    parse,
  );
  print(
    '  mutate',
    cost((call) => mutate(plain(call), gate)),
    parse,
  );
  print(
    '  mutate what has been filled in',
    cost((call) => mutate(complete(call), gate)),
    parse,
  );
  print(
    '  mutate and encode, with the diff',
    cost((call) => encodeDecision(plain(call), mutate(plain(call), gate), 'mutate')),
    parse,
  );
  const parseLarger = cost(() => JSON.parse(larger));
  print(`  JSON.parse of what is judged (${larger.length} bytes)`, parseLarger, parseLarger);
  print(
    '  validate',
    cost((call) => validate(complete(call), gate)),
    parseLarger,
  );
}
