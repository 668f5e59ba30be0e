// Drafts of the exceptions that would let in what is denied today: as narrow as the findings. Each is about one container, its image
// and its values, in the pods with the labels of its workload. What no exception can let in is listed with the reason.

import type { Judged, OfflineContext } from '../../library/offline/judge.ts';
import type { InputObject } from '../../library/offline/objects.ts';
import type { FieldRef, Finding } from '../../model/finding.ts';
import { ownField, stringField } from '../../model/json.ts';
import { sortBytewise } from '../../model/text.ts';
import { mayExcept, WITHOUT_EXCEPTIONS } from '../../policy/exceptable.ts';
import { valueText } from '../../policy/exceptions.ts';
import type { PolicySet } from '../../policy/policy.ts';
import type { IsolationExceptionSpec } from '../../resources/isolation-exception/schema.ts';
import { Pods } from './pods.ts';

/** What a draft is made of; reason and end are for somebody to say. */
export interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly spec: Omit<IsolationExceptionSpec, 'reason' | 'expires'>;
  /** What it is for: `Deployment team-a/vpn at deploy.yaml:1`. */
  readonly about: readonly string[];
  /** True where some value that it covers cannot be written down, so that it covers every value. */
  readonly everyValue: boolean;
}

/** Drafts, and what there is none for. */
export interface Drafts {
  readonly drafts: readonly Draft[];
  /** A line for each check and policy, or place, whose findings cannot be excepted. */
  readonly left: readonly string[];
}

/** Gathers drafts, object by object. */
export class Drafting {
  readonly #offline: OfflineContext;
  readonly #drafts = new Map<string, Draft>();
  readonly #names = new Set<string>();
  readonly #left = new Set<string>();

  constructor(offline: OfflineContext) {
    this.#offline = offline;
  }

  /** Takes in what was denied of an object. */
  add(object: InputObject, judged: Judged): void {
    const denied = judged.result.findings.filter(({ action }) => action === 'Deny');
    if (denied.length === 0) return;
    const pods = new Pods(object, judged.filled, this.#offline);
    for (const finding of denied) {
      const { namespace, kind } = judged.result.object;
      const why = namespace === '' ? `a ${kind} is in no namespace` : whyNone(finding, this.#offline.gate.policies);
      if (why === undefined) this.#draft(finding, pods, object, judged);
      else this.#left.add(`no exception for ${finding.check}: ${why}`);
    }
  }

  get all(): Drafts {
    return { drafts: [...this.#drafts.values()], left: [...this.#left] };
  }

  #draft({ policy, check, fields }: Finding, pods: Pods, object: InputObject, { result }: Judged): void {
    const { kind, namespace, name } = result.object;
    const about = `${kind} ${namespace}/${name} at ${object.file}:${object.line}`;
    for (const [container, group] of Map.groupBy(withoutShared(fields), (field) => field.container)) {
      const values = group.map(({ value }) => valueText(value));
      const everyValue = values.includes(undefined);
      const texts = sortBytewise(new Set(values.filter((value) => value !== undefined)));
      for (const { labels, containers, images } of pods.placesOf(fields, container)) {
        const narrow = {
          ...(labels && { selector: { matchLabels: labels } }),
          ...(images.length > 0 && { images }),
          ...(containers.length > 0 && { containers }),
          ...(!everyValue && { values: texts }),
        };
        if (Object.keys(narrow).length === 0) {
          this.#left.add(
            `no exception for ${check} of ${kind} ${namespace}/${name}: nothing there tells its pods from others`,
          );
          continue;
        }
        // Checks that find the same in the same place are one exception.
        const key = JSON.stringify([namespace, policy, narrow]);
        const known = this.#drafts.get(key);
        this.#drafts.set(key, {
          namespace,
          name: known?.name ?? this.#nameFor(namespace, object, container),
          spec: { policy, checks: [...new Set([...(known?.spec.checks ?? []), check])], ...narrow },
          about: [...new Set([...(known?.about ?? []), about])],
          everyValue,
        });
      }
    }
  }

  /** `vpn-tunnel`, and with a number behind it where that is taken. */
  #nameFor(namespace: string, { value, kind }: InputObject, container: string | undefined): string {
    const metadata = ownField(value, 'metadata');
    const whose = stringField(metadata, 'name') ?? stringField(metadata, 'generateName') ?? kind.kind;
    const base = [whose, container ?? 'pod']
      .join('-')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-');
    const name = base.slice(0, LONGEST_NAME).replaceAll(/^-+|-+$/g, '') || 'exception';
    for (let count = 1; ; count++) {
      const candidate = count === 1 ? name : `${name}-${count}`;
      const key = `${namespace}/${candidate}`;
      if (this.#names.has(key)) continue;
      this.#names.add(key);
      return candidate;
    }
  }
}

/** Short enough for a number behind it. */
const LONGEST_NAME = 200;

/** Why nothing can be excepted from a finding; undefined where it can. */
function whyNone({ policy, check }: Finding, { policies }: PolicySet): string | undefined {
  const why = WITHOUT_EXCEPTIONS.get(check);
  if (why !== undefined) return why;
  const exceptable = policies.find(({ name }) => name === policy)?.exceptable;
  if (policy === '') return 'it is not part of any policy';
  if (!exceptable) return `policy "${policy}" allows no exceptions (spec.exceptions)`;
  return mayExcept(exceptable, check) ? undefined : `policy "${policy}" allows no exceptions from it`;
}

/** Without fields of the pod that are missing in containers as well: they are covered where these are. */
function withoutShared(fields: readonly FieldRef[]): readonly FieldRef[] {
  const inContainers = new Set(
    fields.flatMap(({ path, container }) =>
      container === undefined ? [] : [/\.securityContext\.(.+)$/.exec(path)?.[1]],
    ),
  );
  return fields.filter(({ path, container, value }) => {
    if (container !== undefined || (value ?? undefined) !== undefined) return true;
    const field = /(?:^|\.)spec\.securityContext\.(.+)$/.exec(path)?.[1];
    return field === undefined || !inContainers.has(field);
  });
}
