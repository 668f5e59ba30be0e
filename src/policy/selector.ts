// metav1.LabelSelector, made into a function once: what it says costs nothing to know when a request comes.
import { type JsonObject, stringField } from '../model/json.ts';
import type { LabelSelector, LabelSelectorRequirement } from './spec.ts';

/** Says in a few words why labels do not match; undefined where they do. Builds no text: each answer is a constant. */
export type SelectLabels = (labels: JsonObject) => string | undefined;

/**
 * The function for a selector, or undefined for one that matches everything. NotIn and DoesNotExist hold where the label
 * is absent.
 * @param whose for the answers: `namespace` or `pod`
 */
export function compileSelector(selector: LabelSelector | undefined, whose: string): SelectLabels | undefined {
  const tests = requirementsOf(selector).map((requirement) => compileRequirement(requirement, whose));
  const [first] = tests;
  if (first === undefined) return undefined;
  if (tests.length === 1) return first;
  return (labels) => {
    for (const test of tests) {
      const mismatch = test(labels);
      if (mismatch !== undefined) return mismatch;
    }
    return undefined;
  };
}

/**
 * Everything because of which labels do not match, each with the value that was found: for people who ask, and not on the path
 * of a review.
 * @param whose for the answers: `namespace` or `pod`
 */
export function selectorMismatches(
  selector: LabelSelector | undefined,
  whose: string,
  labels: JsonObject,
): readonly string[] {
  return requirementsOf(selector).flatMap((requirement) => {
    const mismatch = compileRequirement(requirement, whose)(labels);
    if (mismatch === undefined) return [];
    const value = labelOf(labels, requirement.key);
    return [value === undefined ? `${mismatch} (there is none)` : `${mismatch} (it is ${JSON.stringify(value)})`];
  });
}

/** Everything a selector asks for, its labels as the `In` they are short for. */
export function requirementsOf(selector: LabelSelector | undefined): readonly LabelSelectorRequirement[] {
  const labels = Object.entries(selector?.matchLabels ?? {});
  const exact = labels.map(([key, value]): LabelSelectorRequirement => ({ key, operator: 'In', values: [value] }));
  return [...exact, ...(selector?.matchExpressions ?? [])];
}

function compileRequirement({ key, operator, values }: LabelSelectorRequirement, whose: string): SelectLabels {
  const label = `${whose} label ${key}`;
  const listed = new Set(values);
  const list = [...listed].map((value) => JSON.stringify(value)).join(', ');
  const some = listed.size === 1 ? list : `one of ${list}`;
  switch (operator) {
    case 'In': {
      const mismatch = `${label} is not ${some}`;
      return (labels) => {
        const value = labelOf(labels, key);
        return value !== undefined && listed.has(value) ? undefined : mismatch;
      };
    }
    case 'NotIn': {
      const mismatch = `${label} is ${some}`;
      return (labels) => {
        const value = labelOf(labels, key);
        return value !== undefined && listed.has(value) ? mismatch : undefined;
      };
    }
    case 'Exists': {
      const mismatch = `${label} is absent`;
      return (labels) => (labelOf(labels, key) === undefined ? mismatch : undefined);
    }
    case 'DoesNotExist': {
      const mismatch = `${label} is present`;
      return (labels) => (labelOf(labels, key) === undefined ? undefined : mismatch);
    }
  }
}

/** A label's value. A value that is not a string counts as absent, and so do inherited keys such as `constructor`. */
export function labelOf(labels: JsonObject, key: string): string | undefined {
  return stringField(labels, key);
}
