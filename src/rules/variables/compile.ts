// The variables of a policy, compiled in order: each can ask for those before it.
// Source: k8s.io/apiserver/pkg/admission/plugin/cel/composition.go.
import { admissionEnvironment } from '../../cel/admission.ts';
import { type Allowance, type Expression, Failure, LazyMap, type Value } from '../../cel/environment.ts';
import type { ParameterProblem } from '../rule.ts';
import { expressionProblem } from './expression.ts';
import type { VariablesParameters } from './parameters.ts';

/** Variables that are ready to be evaluated. */
export interface CompiledVariables {
  readonly expressions: ReadonlyMap<string, Expression>;
  /** By name, in CEL's words; `dyn` where an expression is wrong. */
  readonly types: Readonly<Record<string, string>>;
  readonly problems: readonly ParameterProblem[];
}

/** Compiles the variables of a policy. */
export function compileVariables(parameters: VariablesParameters): CompiledVariables {
  const expressions = new Map<string, Expression>();
  const types: Record<string, string> = {};
  const problems: ParameterProblem[] = [];
  for (const [index, { name, expression: text }] of parameters.entries()) {
    const compiled = admissionEnvironment({ ...types }).compile(text);
    if (compiled.ok) {
      expressions.set(name, compiled.expression);
      types[name] = compiled.expression.type;
    } else {
      problems.push(expressionProblem([String(index), 'expression'], text, compiled));
      types[name] = 'dyn';
    }
  }
  return { expressions, types, problems };
}

/** The names of the variables that an expression asks for, and of those that these ask for. */
export function variablesOf(expression: Expression, { expressions }: CompiledVariables): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [name] of next.reads.get('variables') ?? []) {
      // All of them at once: nothing is known of which.
      for (const one of name === undefined ? expressions.keys() : [name]) {
        const variable = expressions.get(one);
        if (found.has(one) || variable === undefined) continue;
        found.add(one);
        pending.push(variable);
      }
    }
  }
  return found;
}

/** The values of variables: each is evaluated once, when it is first asked for. */
export class VariableValues extends LazyMap {
  readonly #expressions: ReadonlyMap<string, Expression>;
  readonly #allowance: Allowance;
  readonly #known = new Map<string, Value | Failure>();
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param values those of all variables of expressions, this among them */
  constructor(
    expressions: ReadonlyMap<string, Expression>,
    values: Readonly<Record<string, unknown>>,
    allowance: Allowance,
  ) {
    super();
    this.#expressions = expressions;
    this.#allowance = allowance;
    this.#values = values;
  }

  field(name: string): Value | undefined {
    const known = this.#known.get(name) ?? this.#evaluate(name);
    if (known instanceof Failure) throw known;
    return known;
  }

  #evaluate(name: string): Value | Failure | undefined {
    const expression = this.#expressions.get(name);
    if (expression === undefined) return undefined;
    const evaluation = expression.evaluate(this.#values, this.#allowance);
    const value = evaluation.ok ? evaluation.value : new Failure(`variables.${name}: ${evaluation.error}`);
    this.#known.set(name, value);
    return value;
  }
}
