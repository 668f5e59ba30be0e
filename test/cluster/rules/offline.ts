// The verdict of the engine by itself: of `sandgate check` for what is created, and of the same engine for an update.
import { mutate } from '../../../src/engine/mutate.ts';
import { validate } from '../../../src/engine/validate.ts';
import { check, loadPolicies, type Options } from '../../../src/index.ts';
import { gateOf } from '../../../src/library/inputs.ts';
import { phrase } from '../../../src/model/finding.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { subjectOf } from '../../support/gate.ts';

/** A field that is refused, as a cause of the refusal has it. */
export interface Denial {
  readonly check: string;
  readonly field: string;
  readonly message: string;
}

/** Empty where nothing is refused. */
export type Verdict = readonly Denial[];

export interface Offline {
  created(object: JsonObject): Verdict;
  updated(oldObject: JsonObject, object: JsonObject, subresource?: string): Verdict;
}

/**
 * The engine with a policy, and with what the cluster around it would know.
 * @throws Error where the policy is not accepted
 */
export function engineWith(policy: JsonObject, options: Options & { readonly namespace: string }): Offline {
  const loaded = loadPolicies([fileOf('policy', policy)]);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { gate } = gateOf(loaded.policies, options, []);
  const user = { username: options.user?.username ?? '', groups: options.user?.groups ?? [] };
  return {
    created(object) {
      const { results, problems } = check([fileOf('object', object)], loaded.policies, options);
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
      return results.flatMap(({ findings }) =>
        findings
          .filter(({ action }) => action === 'Deny')
          .map((finding) => ({ check: finding.check, field: finding.path, message: phrase(finding) })),
      );
    },
    updated(oldObject, object, subresource = '') {
      const { namespace } = options;
      const subject = subjectOf(object, { operation: 'UPDATE', oldObject, subresource, user, namespace });
      const filled = mutate(subject, gate).object ?? object;
      const { findings } = validate({ ...subject, object: filled }, gate);
      return findings
        .filter(({ action }) => action === 'Deny')
        .flatMap((finding) =>
          finding.fields.map(({ path }) => ({ check: finding.check, field: path, message: phrase(finding) })),
        );
    },
  };
}

function fileOf(name: string, document: JsonObject) {
  return { file: `${name}.json`, text: JSON.stringify(document) };
}
