// Requests beyond limits, which the API server refuses.
import { nanosOf } from '../../../kubernetes/quantity.ts';
import { at, fieldsAt, valueProblem } from '../../located.ts';
import { quoteValue } from '../../problem-words.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Requests above their limits. */
export function resourceProblems({ allContainers }: Parts): readonly DocumentProblem[] {
  return allContainers.flatMap((container) =>
    fieldsAt(container, 'resources', 'requests').flatMap(([resource, request]) => {
      const limit = at(container, 'resources', 'limits', resource).value;
      const [asked, most] = [nanosOf(request.value), nanosOf(limit)];
      if (asked === undefined || most === undefined || asked <= most) return [];
      return [valueProblem(request, `${quoteValue(request.value)} is more than the limit of ${quoteValue(limit)}`)];
    }),
  );
}
