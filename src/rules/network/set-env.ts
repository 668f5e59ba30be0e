// Sets variables in containers: those that they lack, and, where the policy says `override`, those that differ.
import { quoteValue } from '../../grants/quote.ts';
import type { Container } from '../../kubernetes/pod.ts';
import { isGiven } from '../../kubernetes/stated-user.ts';
import { oneOf } from '../../model/one-of.ts';
import { completingEnv, type Env, startOfRow, type Variable } from '../added-env.ts';
import type { FillNotes } from '../fill-in.ts';

/** The value of each variable that may be replaced, by its name. */
type Values = ReadonlyMap<string, string>;

/** How variables are set, made once for a policy. */
export interface EnvSetter {
  /** Claims the variables for the policy, and says which of them it may replace. Asked once for each template. */
  claim(notes: FillNotes): Values;
  /** The environment of a container with the variables; undefined where it has them. */
  set(container: Container, mine: Values, notes: FillNotes): Env | undefined;
}

const NONE: Values = new Map();

/** @param override whether variables that a container sets itself are replaced */
export function settingEnv(variables: readonly Variable[], override: boolean): EnvSetter {
  const complete = completingEnv(variables);
  const values: Values = new Map(variables.map(({ name, value }) => [name, value]));
  const claims = [...values.keys()].map((name) => [name, `env[${name}]`] as const);
  const isOneOfThem = oneOf([...values.keys()]);
  return {
    claim(notes) {
      let mine: Map<string, string> | undefined;
      // Also without `override`: a policy of lower priority is not to replace what this one has added.
      for (const [name, claim] of claims) {
        if (notes.claim(claim)) continue;
        mine ??= new Map(values);
        mine.delete(name);
      }
      return override ? (mine ?? values) : NONE;
    },
    set(container, mine, notes) {
      const { env } = container;
      if (env && override && isAsSet(env, variables, isOneOfThem)) return undefined;
      const added = complete(env);
      return withReplaced(added ?? env, container.name ?? '', mine, notes) ?? added;
    },
  };
}

/** True where an environment is as it is left here: all of the variables in a row, and none of their names anywhere else. */
function isAsSet(env: Env, variables: readonly Variable[], isOneOfThem: (name: string) => boolean): boolean {
  const start = startOfRow(env, variables);
  if (start < 0) return false;
  const end = start + variables.length;
  let index = -1;
  for (const variable of env) {
    index++;
    if (index < start || index >= end) {
      if (variable.name && isOneOfThem(variable.name)) return false;
    } else if (variable.value !== variables[index - start]?.value || isGiven(variable.valueFrom)) return false;
  }
  return true;
}

function withReplaced(env: Container['env'], container: string, mine: Values, notes: FillNotes): Env | undefined {
  if (!env || mine.size === 0) return undefined;
  const replaced = (variable: Env[number]): string | undefined => {
    const value = mine.get(variable.name ?? '');
    return value === undefined || (variable.value === value && !isGiven(variable.valueFrom)) ? undefined : value;
  };
  if (!env.some((variable) => replaced(variable) !== undefined)) return undefined;
  return env.map((variable) => {
    const value = replaced(variable);
    if (value === undefined) return variable;
    const before = isGiven(variable.valueFrom) ? 'what valueFrom names' : quoteValue(withoutPassword(variable.value));
    notes.warn(`${variable.name ?? ''} of container "${container}" is ${quoteValue(value)} instead of ${before}`);
    return { name: variable.name ?? '', value };
  });
}

/** What a user wrote is shown in warnings, and these are in more logs than pods are. */
function withoutPassword(url: string | null | undefined): string | undefined {
  return url ? url.replace(/\/\/[^/@]*@/, '//…@') : undefined;
}
