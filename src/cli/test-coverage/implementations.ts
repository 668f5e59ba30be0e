// The implementations of a capability class: one is reached where something is granted it, or is refused because of it.
import { GRANTS_CHECK } from '../../model/names.ts';
import { isCapabilityClass } from '../../resources/capability-class/validate.ts';
import type { PartKind } from './part.ts';

export const implementations: PartKind = {
  kind: 'implementation',
  partsOf({ value }) {
    if (!isCapabilityClass(value)) return [];
    const { name } = value.metadata;
    return value.spec.implementations.map((implementation, index) => ({
      name: implementation.name,
      keys: ['spec', 'implementations', index],
      isReached: ({ granted, findings }) =>
        implementation.reject === undefined
          ? granted.has(`${name}/${implementation.name}`)
          : findings.some(
              ({ check, reason, fix }) =>
                check === GRANTS_CHECK &&
                reason === `capability_not_available: ${name}` &&
                fix === implementation.reject,
            ),
    }));
  },
};
