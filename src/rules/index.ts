// Every rule, in the order in which a policy's schema and its findings have them.
import type { SchemaFor } from '../model/schema.ts';
import { capabilities } from './capabilities/index.ts';
import { connect } from './connect/index.ts';
import { env } from './env/index.ts';
import { type FillInInfo, inOrderOfFilling } from './fill-in.ts';
import { harden } from './harden/index.ts';
import { identity } from './identity/index.ts';
import { images } from './images/index.ts';
import { lifecycle } from './lifecycle/index.ts';
import { metadata } from './metadata/index.ts';
import { network } from './network/index.ts';
import { podSecurity } from './podSecurity/index.ts';
import { process } from './process/index.ts';
import { profiles } from './profiles/index.ts';
import { require } from './require/index.ts';
import { resources } from './resources/index.ts';
import { roleBindings } from './roleBindings/index.ts';
import type { Rule } from './rule.ts';
import { runtime } from './runtime/index.ts';
import { scheduling } from './scheduling/index.ts';
import { serviceAccount } from './serviceAccount/index.ts';
import { validations } from './validations/index.ts';
import { variables } from './variables/index.ts';
import { volumes } from './volumes/index.ts';

const ALL = [
  podSecurity,
  identity,
  harden,
  require,
  runtime,
  volumes,
  images,
  serviceAccount,
  network,
  env,
  resources,
  scheduling,
  metadata,
  process,
  profiles,
  lifecycle,
  connect,
  roleBindings,
  capabilities,
  variables,
  validations,
] as const;

type AnyRule = (typeof ALL)[number];

/** The keys of a policy's spec that are rules, with the types that their schemas give. */
export type RuleParameters = {
  readonly [R in AnyRule as R['key']]?: R['parameters'] extends SchemaFor<infer P> ? P : never;
};

/** Every rule. */
export const RULES: readonly Rule<RuleParameters>[] = ALL;

/** The fill-ins of every rule, in the order in which they run. */
export const FILL_INS: readonly FillInInfo[] = inOrderOfFilling(RULES.flatMap((rule) => rule.fillIns));
