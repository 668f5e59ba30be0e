// A policy that fills in a RuntimeClass which does not exist is in order, and every pod it completes is refused by the API
// server: the author should hear of it.
import { ownField, stringField } from '../model/json.ts';
import type { PolicyObject, PolicyVerdict } from '../resources/snapshot.ts';

/** The RuntimeClass that `spec.runtime.default` names, if any. */
export function runtimeClassOf(object: PolicyObject): string | undefined {
  return stringField(ownField(ownField(object.document, 'spec'), 'runtime'), 'default') || undefined;
}

/** The verdict, with a sentence more where the policy is in force and its RuntimeClass is missing. */
export function withWarning(verdict: PolicyVerdict, missing: string | undefined): PolicyVerdict {
  if (!verdict.accepted || missing === undefined) return verdict;
  const warning = `RuntimeClass ${JSON.stringify(missing)} does not exist: pods that are given it are refused`;
  return { ...verdict, message: verdict.message === '' ? warning : `${verdict.message}; ${warning}` };
}
