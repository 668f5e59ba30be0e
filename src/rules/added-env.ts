// Variables of the environment that a policy gives to every container.
import type { Container, PodTemplate } from '../kubernetes/pod.ts';
import type { FillScope } from './fill-in.ts';
import { withContainers } from './write.ts';

/** A variable of the environment, and its value. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

export type Env = NonNullable<Container['env']>;

/** An environment with what it lacked; undefined where it lacks nothing. */
type Complete = (env: Container['env']) => Env | undefined;

/** Makes what gives these variables to every container that sets none of their names, after its own. */
export function addingEnv(variables: readonly Variable[]): (template: PodTemplate, scope: FillScope) => PodTemplate {
  const complete = completingEnv(variables);
  const choose = (container: Container): Partial<Container> | undefined => {
    const env = complete(container.env);
    return env && { env };
  };
  return (template, scope) => withContainers(template, scope, choose);
}

/** Makes what adds those of the variables whose names an environment does not have, after its own. */
export function completingEnv(variables: readonly Variable[]): Complete {
  if (variables.length === 0) return () => undefined;
  const wanted = new Set<unknown>(variables.map(({ name }) => name));
  return (env) => {
    if (!env || env.length === 0) return variables;
    if (startOfRow(env, variables) >= 0) return undefined;
    if (!env.some(({ name }) => wanted.has(name))) return [...env, ...variables];
    const names = new Set(env.map(({ name }) => name));
    const missing = variables.filter(({ name }) => !names.has(name));
    return missing.length === 0 ? undefined : [...env, ...missing];
  };
}

/**
 * Where all of the variables stand by their names, one after the other, as they are filled in: that is seen without a set of names.
 * Negative where they do not. What is filled in stands at the end, so the last one of the first name is looked for.
 */
export function startOfRow(env: Env, variables: readonly Variable[]): number {
  const first = variables[0]?.name;
  for (let start = env.length - variables.length; start >= 0; start--) {
    if (env[start]?.name === first) return isRow(env, start, variables) ? start : -1;
  }
  return -1;
}

function isRow(env: Env, start: number, variables: readonly Variable[]): boolean {
  for (let index = 0; index < variables.length; index++) {
    if (env[start + index]?.name !== variables[index]?.name) return false;
  }
  return true;
}
