// One field that `harden` can fill in: a fill-in whose parameters are only whether its id is asked for.

import type { Fill, FillInExample, FillInInfo } from '../fill-in.ts';
import type { HardenOverride, HardenParameters } from './parameters.ts';

/** A level of the Pod Security Standards that fields can be filled in for. */
export type HardenLevel = 'baseline' | 'restricted';

/** An example of a field that is asked for: alone, or with what else its parameters say. */
export interface HardenExample extends Omit<FillInExample<unknown>, 'parameters'> {
  readonly parameters?: HardenParameters;
}

/** A field of `harden`. The id is what a policy lists. */
export interface HardenField<Id extends string> extends Omit<FillInInfo, 'examples'> {
  readonly id: Id;
  /** The levels that need it: a pod without it would be refused there. */
  readonly levels: readonly HardenLevel[];
  readonly fill: Fill;
  /** What a policy lists under `override`, and the fill-in that then also replaces what somebody wrote. */
  readonly override?: { readonly id: HardenOverride; readonly fill: Fill };
  readonly examples: readonly HardenExample[];
}

/** A field of `harden`, with its id as a type of its own. */
export function hardenField<const Id extends string>(field: HardenField<Id>): HardenField<Id> {
  return field;
}
