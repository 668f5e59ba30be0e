// What makes no sense in a policy although the schema accepts it. Each rule looks at its own section alone, so that a
// mistake elsewhere in the document does not hide what it finds.
import { type JsonObject, ownField } from '../../model/json.ts';
import { contradictedLabel } from '../../policy/contradiction.ts';
import { RULES, type RuleParameters } from '../../rules/index.ts';
import type { ParameterProblem, Rule } from '../../rules/rule.ts';
import { variables } from '../../rules/variables/index.ts';
import { withGuess } from '../expression-problem.ts';
import { eachAt } from '../located.ts';
import type { DocumentProblem } from '../problems.ts';
import { repeats } from '../repeats.ts';
import { conditionFaults } from './conditions.ts';
import { exceptionFaults, type RuleFaults } from './exceptions.ts';
import { kindProblems } from './kinds.ts';
import { isLabelSelector, isSectionOf } from './validate.ts';

/** Applies the rules to a document of which the schema may have complained. */
export function ruleFaults(value: unknown): RuleFaults {
  const spec = ownField(value, 'spec');
  const match = ownField(spec, 'match');
  const errors: DocumentProblem[] = [
    ...selectorFaults(match, 'namespaceSelector'),
    ...selectorFaults(match, 'objectSelector'),
    ...conditionFaults(value),
    ...kindProblems(value),
  ];
  const exceptions = exceptionFaults(value);
  errors.push(...exceptions.errors);
  const warnings: DocumentProblem[] = [...exceptions.warnings];
  for (const rule of RULES) {
    if (rule.uniqueBy)
      errors.push(...repeats(eachAt({ keys: [], value }, 'spec', rule.key), rule.uniqueBy, 'an entry'));
    for (const { keys, message, unknown, severity } of parameterProblems(rule, spec)) {
      const fault: DocumentProblem = {
        keys: ['spec', rule.key, ...keys],
        what: 'value',
        message: withGuess(message, unknown),
      };
      (severity === 'error' ? errors : warnings).push(fault);
    }
  }
  return { errors, warnings };
}

function selectorFaults(match: unknown, name: string): readonly DocumentProblem[] {
  const selector = ownField(match, name);
  if (selector === undefined || !isLabelSelector(selector)) return [];
  const label = contradictedLabel(selector);
  if (label === undefined) return [];
  const message = `can match nothing: its requirements on ${label} contradict each other`;
  return [{ keys: ['spec', 'match', name], what: 'key', message }];
}

/** What a rule says of its own parameters, as long as its schema accepts them. */
function parameterProblems(rule: Rule<RuleParameters>, spec: unknown): readonly ParameterProblem[] {
  const parameters = rule.hasProblems ? ownField(spec, rule.key) : undefined;
  if (parameters === undefined) return [];
  const section = { [rule.key]: parameters };
  if (!isSectionOf(rule, section)) return [];
  // What other rules have to say about the variables is said there.
  const shared = ownField(spec, variables.key);
  const whole: JsonObject = shared === undefined ? section : { [variables.key]: shared, ...section };
  return rule.problems(isSectionOf(variables, whole) ? whole : section);
}
