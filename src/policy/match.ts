// What `spec.match` of a policy says of an object: whether it matches, and for people who ask, everything because of which it does not.
import type { CompiledConditions } from './conditions.ts';
import type { MatchInput, MatchReasons, Mismatch, Policy } from './policy.ts';
import { kindsOf } from './select.ts';
import { compileSelector, selectorMismatches } from './selector.ts';
import type { MatchSpec } from './spec.ts';

/** The two questions that a policy answers about `spec.match`. */
export function compileMatch(
  match: MatchSpec,
  conditions: CompiledConditions | undefined,
): Pick<Policy, 'mismatch' | 'matchReasons'> {
  const kinds = kindsOf(match);
  const wrongKind = `the kind is not one of ${[...(kinds ?? [])].join(', ')}`;
  const namespace = compileSelector(match.namespaceSelector, 'namespace');
  const pod = compileSelector(match.objectSelector, 'pod');
  return {
    mismatch(input) {
      if (kinds && !kinds.has(input.kind)) return wrongKind;
      const unselected = (input.namespaceLabels && namespace?.(input.namespaceLabels)) ?? pod?.(input.labels);
      return unselected ?? conditions?.mismatch(input);
    },
    matchReasons(input) {
      const mismatches: Mismatch[] = kinds && !kinds.has(input.kind) ? [{ by: 'kinds', text: wrongKind }] : [];
      mismatches.push(...selectorReasons(match, input));
      const { mismatches: unmet = [], assumed = [] } = conditions?.reasons(input) ?? {};
      return { mismatches: [...mismatches, ...unmet], assumed };
    },
  };
}

function selectorReasons(match: MatchSpec, { namespaceLabels, labels }: MatchInput): MatchReasons['mismatches'] {
  const ofNamespace = namespaceLabels
    ? selectorMismatches(match.namespaceSelector, 'namespace', namespaceLabels).map(
        (text): Mismatch => ({ by: 'namespaceSelector', text }),
      )
    : [];
  const ofPod = selectorMismatches(match.objectSelector, 'pod', labels).map(
    (text): Mismatch => ({ by: 'objectSelector', text }),
  );
  return [...ofNamespace, ...ofPod];
}
