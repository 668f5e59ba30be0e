// What makes no sense in a policy although the schema accepts it. Each rule looks at its own section alone, so that a
// mistake elsewhere in the document does not hide what it finds.
import { compileImageTable } from '../../images/image-table.ts';
import { ownField } from '../../model/json.ts';
import { contradictedLabel } from '../../policy/contradiction.ts';
import { eachAt } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { repeats } from '../repeats.ts';
import { isIdentitySpec, isLabelSelector } from './validate.ts';

/** What the rules find in one document. */
export interface RuleFaults {
  readonly errors: readonly DocumentProblem[];
  readonly warnings: readonly DocumentProblem[];
}

/** Applies the rules to a document of which the schema may have complained. */
export function ruleFaults(value: unknown): RuleFaults {
  const spec = ownField(value, 'spec');
  const match = ownField(spec, 'match');
  const images = imageFaults(ownField(spec, 'identity'));
  return {
    errors: [
      ...selectorFaults(match, 'namespaceSelector'),
      ...selectorFaults(match, 'objectSelector'),
      ...images.errors,
      ...repeats(eachAt({ keys: [], value }, 'spec', 'capabilities'), 'name', 'an entry'),
    ],
    warnings: images.warnings,
  };
}

function selectorFaults(match: unknown, name: string): readonly DocumentProblem[] {
  const selector = ownField(match, name);
  if (selector === undefined || !isLabelSelector(selector)) return [];
  const label = contradictedLabel(selector);
  if (label === undefined) return [];
  const message = `can match nothing: its requirements on ${label} contradict each other`;
  return [{ keys: ['spec', 'match', name], what: 'key', message }];
}

function imageFaults(identity: unknown): RuleFaults {
  if (identity === undefined || !isIdentitySpec(identity)) return { errors: [], warnings: [] };
  const errors: DocumentProblem[] = [];
  const warnings: DocumentProblem[] = [];
  for (const { row, message, severity } of compileImageTable(identity).problems) {
    const fault: DocumentProblem = { keys: ['spec', 'identity', 'images', String(row)], what: 'value', message };
    (severity === 'error' ? errors : warnings).push(fault);
  }
  return { errors, warnings };
}
