// The three counters of upstream's PodSecurity admission, under its own names and labels, so that dashboards and alerts
// made for it go on working. Nothing is counted, and no series is there, but where a policy follows namespace labels.
import type { Registry } from 'prom-client';
import type { PodSecurityRecord } from '../../model/decision.ts';
import type { Subject } from '../../model/subject.ts';
import { METRICS } from './definitions.ts';
import { OTHER } from './review-counts.ts';
import { type CountFamily, countFamily } from './series.ts';

const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['CREATE', 'create'],
  ['UPDATE', 'update'],
]);
const SUBRESOURCES = ['', 'ephemeralcontainers', 'resize'];
const NONE = '';

export class PodSecurityCounts {
  readonly #evaluations: CountFamily;
  readonly #exemptions: CountFamily;
  readonly #errors: CountFamily;

  constructor(registry: Registry) {
    this.#evaluations = countFamily(registry, METRICS.podSecurityEvaluations);
    this.#exemptions = countFamily(registry, METRICS.podSecurityExemptions);
    this.#errors = countFamily(registry, METRICS.podSecurityErrors);
  }

  /** Makes the series that upstream has from the start. */
  expect(): void {
    for (const operation of OPERATIONS.values()) {
      this.#evaluations.series('allow', 'privileged', 'latest', 'enforce', operation, 'pod', NONE);
      for (const resource of ['pod', 'controller']) this.#exemptions.series(operation, resource, NONE);
    }
  }

  count(subject: Subject, { evaluations, error, exempt }: PodSecurityRecord): void {
    const request = requestLabels(subject);
    for (const { decision, level, version, mode } of evaluations) {
      this.#evaluations.series(decision, level, version, mode, ...request).value++;
    }
    if (error) this.#errors.series(error === 'fatal' ? 'true' : 'false', ...request).value++;
    if (exempt) this.#exemptions.series(...request).value++;
  }
}

/** Anyone can send any word for the first and the last: what upstream does not count as it is, is `other`. */
function requestLabels({ operation, kind, subresource }: Subject): [operation: string, resource: string, sub: string] {
  return [
    OPERATIONS.get(operation) ?? OTHER,
    kind.group === '' && kind.kind === 'Pod' ? 'pod' : 'controller',
    SUBRESOURCES.includes(subresource) ? subresource : OTHER,
  ];
}
