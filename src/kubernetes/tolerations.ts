// Tolerations: which are the same, and which Kubernetes leaves out beside a wider one.
// Source: k8s.io/kubernetes v1.37.2, pkg/util/tolerations.
import type { FieldsOf } from './field-type.ts';

/** A toleration of a pod or of a RuntimeClass. */
export type Toleration = FieldsOf<'Toleration'>;

/** True where two tolerations say the same: what is absent is empty, and an empty operator is `Equal`. */
export function sameToleration(a: Toleration, b: Toleration): boolean {
  return (
    (a.key ?? '') === (b.key ?? '') &&
    operatorOf(a) === operatorOf(b) &&
    (a.value ?? '') === (b.value ?? '') &&
    (a.effect ?? '') === (b.effect ?? '') &&
    (a.tolerationSeconds ?? undefined) === (b.tolerationSeconds ?? undefined)
  );
}

/**
 * True where `wide` tolerates everything that `narrow` tolerates. The API server leaves `narrow` out where it merges the two,
 * as it does with the tolerations of a RuntimeClass.
 */
export function covers(wide: Toleration, narrow: Toleration): boolean {
  if (sameToleration(wide, narrow)) return true;
  if ((wide.key ?? '') !== (narrow.key ?? '') && !toleratesEveryKey(wide)) return false;
  if (wide.effect && wide.effect !== narrow.effect) return false;
  if (wide.effect === 'NoExecute' && typeof wide.tolerationSeconds === 'number') {
    const { tolerationSeconds: seconds } = narrow;
    if (typeof seconds !== 'number' || seconds > wide.tolerationSeconds) return false;
  }
  if (operatorOf(wide) === 'Exists') return true;
  return operatorOf(wide) === 'Equal' && operatorOf(narrow) === 'Equal' && (wide.value ?? '') === (narrow.value ?? '');
}

/** True for a toleration without a key, which is one of every taint. */
export function toleratesEveryKey({ key }: Toleration): boolean {
  // Without a key Kubernetes accepts no other operator than Exists.
  return !key;
}

/** The operator, which is `Equal` where none is given. */
export function operatorOf({ operator }: Toleration): string {
  return operator || 'Equal';
}

/** A toleration in words, as short as can be: `dedicated="agents" of NoSchedule`. */
export function tolerationInWords(toleration: Toleration): string {
  const { key, value, effect, tolerationSeconds: seconds } = toleration;
  const operator = operatorOf(toleration);
  const what = toleratesEveryKey(toleration)
    ? 'every taint'
    : `${JSON.stringify(key)}${operator === 'Exists' ? '' : ` ${operator} ${JSON.stringify(value ?? '')}`}`;
  const of = effect ? ` of ${effect}` : '';
  return `${what}${of}${typeof seconds === 'number' ? ` for ${seconds} s` : ''}`;
}
