// Which RuntimeClasses a policy lets pass: by a list, and by an order.
import { compileGlob } from '../../model/glob.ts';
import { type NameList, nameList } from '../name-list.ts';
import type { RuntimeParameters } from './parameters.ts';

/** Stands for a pod that names no RuntimeClass. A class of that name is meant by no entry but a pattern. */
export const NONE = 'none';

interface Asked {
  readonly allowed?: RuntimeParameters['allowed'] | undefined;
  readonly minimum?: RuntimeParameters['minimum'] | undefined;
}

/** A policy's list and order, ready for work. The empty name is none. */
export interface RuntimeJudge {
  readonly isAllowed: (name: string) => boolean;
  readonly isStrongEnough: (name: string) => boolean;
  /** Both. */
  readonly passes: (name: string) => boolean;
}

/** Makes them ready. What the policy does not say holds for every class. */
export function runtimeJudge({ allowed, minimum }: Asked): RuntimeJudge {
  const isAllowed = allowed === undefined ? everything : compileAllowed(allowed);
  const isStrongEnough = minimum === undefined ? everything : compileMinimum(minimum);
  return { isAllowed, isStrongEnough, passes: (name) => isAllowed(name) && isStrongEnough(name) };
}

function everything(): boolean {
  return true;
}

function compileAllowed(allowed: readonly string[]): (name: string) => boolean {
  const names: NameList = nameList(allowed.filter((entry) => entry !== NONE));
  const maybeNone = allowed.includes(NONE);
  return (name) => (name === '' ? maybeNone : names.includes(name));
}

function compileMinimum({ order, atLeast }: NonNullable<Asked['minimum']>): (name: string) => boolean {
  const least = order.indexOf(atLeast);
  const entries = order.map((entry) => (entry === NONE ? (name: string) => name === '' : named(compileGlob(entry))));
  return (name) => {
    const place = entries.findIndex((matches) => matches(name));
    return place !== -1 && place >= least;
  };
}

function named(matches: (name: string) => boolean): (name: string) => boolean {
  return (name) => name !== '' && matches(name);
}
