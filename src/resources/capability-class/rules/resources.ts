// Requests beyond limits, which the API server refuses.
import { nanosOf } from '../../../kubernetes/quantity.ts';
import { at, fault, fieldsAt } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { Fault } from '../../problems.ts';
import type { Parts } from '../parts.ts';

export function resourceFaults({ allContainers }: Parts): readonly Fault[] {
  return allContainers.flatMap((container) =>
    fieldsAt(container, 'resources', 'requests').flatMap(([resource, request]) => {
      const limit = at(container, 'resources', 'limits', resource).value;
      const [asked, most] = [nanosOf(request.value), nanosOf(limit)];
      if (asked === undefined || most === undefined || asked <= most) return [];
      return [fault(request, `${quoteValue(request.value)} is more than the limit of ${quoteValue(limit)}`)];
    }),
  );
}
