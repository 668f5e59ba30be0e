// The three counters of Kubernetes' own PodSecurity admission, with its names and labels, so that dashboards and alerts made
// for it keep working. They have series only where a policy follows namespace labels.
import type { Counter, Registry } from 'prom-client';
import type { PodSecurityRecord } from '../../model/decision.ts';
import type { Subject } from '../../model/subject.ts';
import { METRICS } from './definitions.ts';
import { counter } from './instruments.ts';
import { OTHER } from './review-counts.ts';

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['CREATE', 'create'],
  ['UPDATE', 'update'],
]);
const SUBRESOURCES = ['', 'ephemeralcontainers', 'resize'];

type LabelOf<M extends keyof typeof METRICS> = (typeof METRICS)[M]['labels'][number];

/** The labels of a request, which all three counters have. */
interface RequestLabels extends Record<'request_operation' | 'resource' | 'subresource', string> {}

/** Counts reviews as PodSecurity admission would. */
export class PodSecurityCounts {
  readonly #evaluations: Counter<LabelOf<'podSecurityEvaluations'>>;
  readonly #exemptions: Counter<LabelOf<'podSecurityExemptions'>>;
  readonly #errors: Counter<LabelOf<'podSecurityErrors'>>;

  constructor(registry: Registry) {
    this.#evaluations = counter(registry, METRICS.podSecurityEvaluations);
    this.#exemptions = counter(registry, METRICS.podSecurityExemptions);
    this.#errors = counter(registry, METRICS.podSecurityErrors);
  }

  /** Makes the series that upstream has from the start. */
  expect(): void {
    for (const operation of OPERATIONS.values()) {
      const request = { request_operation: operation, resource: 'pod', subresource: '' };
      const privileged = { policy_level: 'privileged', policy_version: 'latest' };
      this.#evaluations.inc({ decision: 'allow', ...privileged, mode: 'enforce', ...request }, 0);
      for (const resource of ['pod', 'controller']) this.#exemptions.inc({ ...request, resource }, 0);
    }
  }

  count(subject: Subject, { evaluations, error, exempt }: PodSecurityRecord): void {
    const request = requestLabels(subject);
    for (const { decision, level, version, mode } of evaluations) {
      this.#evaluations.inc({ decision, policy_level: level, policy_version: version, mode, ...request });
    }
    if (error) this.#errors.inc({ fatal: error === 'fatal' ? 'true' : 'false', ...request });
    if (exempt) this.#exemptions.inc({ ...request });
  }
}

/** Anyone can send any operation and subresource. Those that upstream does not count under their own name are `other`. */
function requestLabels({ operation, kind, subresource }: Subject): RequestLabels {
  return {
    request_operation: OPERATIONS.get(operation) ?? OTHER,
    resource: kind.group === '' && kind.kind === 'Pod' ? 'pod' : 'controller',
    subresource: SUBRESOURCES.includes(subresource) ? subresource : OTHER,
  };
}
