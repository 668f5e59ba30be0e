// Upstream's whole webhook and ours, asked about the same reviews.
import { Registry } from 'prom-client';
import { handleReview } from '../../src/admission/handle.ts';
import { clausesOf, clauseText } from '../../src/admission/rules.ts';
import type { Gate } from '../../src/engine/gate.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { Action } from '../../src/model/finding.ts';
import { isJsonObject, ownField, stringField } from '../../src/model/json.ts';
import { PodSecurityCounts } from '../../src/observe/metrics/pod-security-counts.ts';
import { NEWEST_MINOR } from '../../src/pod-security/standard.ts';
import { gateOf, policyYaml } from '../support/gate.ts';
import { seriesOf } from '../support/scrape.ts';
import type { GeneratedReview } from './generated-reviews.ts';
import { LineProgram } from './line-program.ts';
import { buildProgram } from './programs.ts';

/** What a webhook answers, and what its metrics then count. The texts are empty where there is nothing to say. */
export interface Answer {
  readonly allowed: boolean;
  /** `violates PodSecurity "restricted:latest": …`. */
  readonly refusal: string;
  readonly warning: string;
  readonly audit: string;
  /** Labels that could not be understood are mentioned in the audit log. */
  readonly badLabels: boolean;
  /** Series with their values, labels by name, in order. */
  readonly counted: readonly string[];
}

const POLICY = policyYaml('upstream', 'podSecurity: { fromNamespaceLabels: true }');
const BASE = gateOf(POLICY);

export class UpstreamAdmission {
  readonly #program: LineProgram;

  private constructor(program: LineProgram) {
    this.#program = program;
  }

  static async start(): Promise<UpstreamAdmission> {
    return new UpstreamAdmission(new LineProgram(await buildProgram('admission'), ['-minor', String(NEWEST_MINOR)]));
  }

  async answer(reviews: readonly GeneratedReview[]): Promise<readonly Answer[]> {
    const lines = await this.#program.ask(reviews.map((review) => JSON.stringify(review)));
    return lines.map(upstreamAnswer);
  }

  close(): Promise<void> {
    return this.#program.close();
  }
}

/** What our webhook answers, with one policy that follows the labels of namespaces. */
export async function ourAnswer({ labels, request }: GeneratedReview): Promise<Answer> {
  const gate: Gate = { ...BASE, surroundings: { ...BASE.surroundings, namespaceLabels: () => labels ?? undefined } };
  const handled = handleReview(
    { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request },
    'validate',
    gate,
  );
  if (handled.status !== 200 || !handled.decision) throw new Error(`not answered: ${JSON.stringify(handled)}`);
  const { decision, subject, reply } = handled;
  const registry = new Registry();
  const counts = new PodSecurityCounts(registry);
  if (decision.podSecurity) counts.count(subject, decision.podSecurity);
  return {
    allowed: ownField(ownField(reply, 'response'), 'allowed') === true,
    refusal: sayings(decision, 'Deny', 'violates'),
    warning: decision.verdict === 'denied' ? '' : sayings(decision, 'Warn', 'would violate'),
    audit: sayings(decision, 'Audit', 'would violate'),
    badLabels: decision.errors.length > 0,
    counted: countedIn(await registry.metrics()),
  };
}

function sayings(decision: Decision, action: Action, verb: 'violates' | 'would violate'): string {
  const clauses = clausesOf(decision.findings.filter((finding) => finding.action === action));
  return clauses.map((clause) => clauseText(verb, clause)).join('; ');
}

function countedIn(scrape: string): readonly string[] {
  const series = [...seriesOf(scrape)].map(([name, value]) => {
    const [, metric = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(name) ?? [];
    return `${metric}{${labels.split(',').toSorted().join(',')}} ${value}`;
  });
  return series.toSorted();
}

function upstreamAnswer(line: string): Answer {
  const answer: unknown = JSON.parse(line);
  const response = ownField(answer, 'response');
  const counted = ownField(answer, 'counted');
  const warnings = ownField(response, 'warnings') ?? [];
  if (!isJsonObject(response) || !Array.isArray(counted) || !Array.isArray(warnings))
    throw new Error(`not read: ${line}`);
  const annotations = ownField(response, 'auditAnnotations');
  const message = stringField(ownField(response, 'status'), 'message') ?? '';
  return {
    allowed: response.allowed === true,
    refusal: message.replace(/^\w+(?:\.\w+)? "test" is forbidden: /, ''),
    warning: warnings.join('; '),
    audit: stringField(annotations, 'audit-violations') ?? '',
    badLabels: stringField(annotations, 'error')?.startsWith('Failed to parse policy: ') ?? false,
    counted: counted.map(String).toSorted(),
  };
}
