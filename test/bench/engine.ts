// `npm run bench:engine`: what the engine costs without HTTP, in microseconds beside JSON.parse of the same review; what
// policies that do not match cost; what each check and fill-in, each rule and each shipped bundle costs (test/bench/rules.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeReview } from '../../src/admission/decode.ts';
import { encodeDecision } from '../../src/admission/encode.ts';
import { patchBetween } from '../../src/engine/diff.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { validate } from '../../src/engine/validate.ts';
import { viewOf } from '../../src/kubernetes/containers.ts';
import { isPodTemplate } from '../../src/kubernetes/pod-shape.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Subject } from '../../src/model/subject.ts';
import { POD_SECURITY_CHECKS } from '../../src/pod-security/checks/index.ts';
import { NO_NOTES, WHOLE_TEMPLATE } from '../../src/rules/fill-in.ts';
import { HARDEN_FIELDS } from '../../src/rules/harden/parameters.ts';
import { RULES } from '../../src/rules/index.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { cost } from './cost.ts';
import { hugeReview, referenceReview, tenFindings } from './reviews.ts';
import { printBundles, printRules, printRulesOf } from './rules.ts';

const AGENTS = readFileSync(join(import.meta.dirname, '../../policies/agents/policy.yaml'), 'utf8');
const gate = gateOf(AGENTS);

function subjectOf(review: JsonObject): Subject {
  const decoded = decodeReview(review);
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.subject;
}

function print(name: string, micros: number, base?: number): void {
  const ratio = base === undefined ? '' : `${(micros / base).toFixed(2)}x`;
  console.log(`${name.padEnd(44)}${micros.toFixed(2).padStart(12)}${ratio.padStart(10)}`);
}

console.log(`node ${process.version}\n\n${'one review'.padEnd(44)}${'us'.padStart(12)}${'of parse'.padStart(10)}`);
const reviews = { reference: referenceReview(), 'ten findings': tenFindings(), '1.7 MB': hugeReview() };
for (const [name, review] of Object.entries(reviews)) {
  const text = JSON.stringify(review);
  const subject = subjectOf(review);
  const decision = mutate(subject, gate);
  const filled = { ...subject, object: decision.object };
  const parse = cost(() => JSON.parse(text));
  print(`${name} (${text.length} bytes): JSON.parse`, parse, parse);
  print(
    '  decode',
    cost(() => decodeReview(review)),
    parse,
  );
  print(
    '  mutate',
    cost(() => mutate(subject, gate)),
    parse,
  );
  print(
    '  diff',
    cost(() => patchBetween(subject.object ?? {}, decision.object ?? {})),
    parse,
  );
  print(
    '  encode, with the diff',
    cost(() => encodeDecision(subject, decision, 'mutate')),
    parse,
  );
  print(
    '  validate what was filled in',
    cost(() => validate(filled, gate)),
    parse,
  );
  print(
    '  validate it as it came',
    cost(() => validate(subject, gate)),
    parse,
  );
}

console.log(`\n${'choosing policies, one of which matches'.padEnd(44)}${'us'.padStart(12)}${'of one'.padStart(10)}`);
const chosen = subjectOf(reviews.reference);
let one: number | undefined;
for (const count of [1, 100, 1000]) {
  const documents = Array.from({ length: count }, (_, i) =>
    policyYaml(
      `p${i}`,
      `match: { namespaceSelector: { matchLabels: { tenant: t${i} } } }\npodSecurity: { level: restricted }\nharden: restricted`,
    ),
  );
  const many = gateOf(documents, { agents: { tenant: 't0' } });
  const micros = cost(() => mutate(chosen, many)) + cost(() => validate(chosen, many));
  one ??= micros;
  print(`${count} ${count === 1 ? 'policy' : 'policies'}: mutate and validate`, micros, one);
}

const template = subjectOf(reviews.reference).object;
if (!isPodTemplate(template)) throw new Error('the reference review holds no pod');
const view = viewOf(template);
console.log(`\n${'each check, on the reference pod'.padEnd(44)}${'us'.padStart(12)}`);
for (const { id, versions } of POD_SECURITY_CHECKS) {
  const newest = versions.at(-1);
  if (newest)
    print(
      id,
      cost(() => newest.check(view)),
    );
}
console.log(`\n${'each fill-in, on the reference pod'.padEnd(44)}${'us'.padStart(12)}`);
const everything = {
  identity: { runAsUser: 1000, fsGroup: 1000 },
  harden: HARDEN_FIELDS,
  runtime: { default: 'gvisor' },
};
for (const { id, fill } of RULES.flatMap((rule) => rule.bind(everything).fillIns)) {
  print(
    id,
    cost(() => fill(template, WHOLE_TEMPLATE, NO_NOTES)),
  );
}
printRules();
printBundles();
printRulesOf('nanoclaw');
