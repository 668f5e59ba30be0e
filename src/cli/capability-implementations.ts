// Which implementation of a capability class the operator wants, in the form that k8s-runner has, so that a setting made for
// it works here as well.
import { Option } from 'commander';
import type { CapabilityClasses } from '../grants/class.ts';
import { isJsonObject } from '../model/json.ts';
import type { PolicySet } from '../policy/policy.ts';
import { didYouMean } from '../resources/did-you-mean.ts';
import { type Given, textOption } from './command.ts';
import { UsageError } from './exit.ts';

const VARIABLE = 'CAPABILITY_IMPLEMENTATIONS';
const FLAG = '--capability-implementations';

/** `--capability-implementations`. */
export const IMPLEMENTATIONS = new Option(
  `${FLAG} <json>`,
  'the implementation to use for each capability class, whatever the policies say, such as \'{"docker":"rootless"}\'',
).env(VARIABLE);

/**
 * As {@link implementationsFrom}, of commands that may judge by policies without classes. The variable may be set for all of
 * somebody's commands, and such policies have no use for it.
 */
export function implementationsFor(given: Given, { classes }: PolicySet): ReadonlyMap<string, string> | undefined {
  return implementationsFrom(given, classes.size > 0 ? classes : undefined);
}

/**
 * The implementations by class; undefined where the option was not given.
 * @param classes the classes that exist, which what is named has to be among; undefined where a cluster may have more
 * @throws UsageError where the option is not as it should be
 */
export function implementationsFrom(
  given: Given,
  classes: CapabilityClasses | undefined,
): ReadonlyMap<string, string> | undefined {
  const text = textOption(given, 'capabilityImplementations');
  if (text === undefined || text.trim() === '') return undefined;
  const named = new Map<string, string>();
  for (const [name, implementation] of Object.entries(parsed(text))) {
    if (typeof implementation !== 'string')
      throw mistake(`gives class ${JSON.stringify(name)} a value that is not a string`);
    if (classes) insistOn(classes, name, implementation);
    named.set(name, implementation);
  }
  return named;
}

function parsed(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isJsonObject(value)) throw mistake('is not a JSON object');
  return value;
}

function insistOn(classes: CapabilityClasses, name: string, implementation: string): void {
  const known = classes.get(name);
  if (!known)
    throw mistake(`names class ${JSON.stringify(name)}, which does not exist${didYouMean(name, [...classes.keys()])}`);
  const names = known.implementations.map((one) => one.name);
  if (names.includes(implementation)) return;
  const hint = didYouMean(implementation, names) || ` (expected ${names.join(', ')})`;
  throw mistake(
    `names implementation ${JSON.stringify(implementation)}, which class ${JSON.stringify(name)} does not have${hint}`,
  );
}

function mistake(what: string): UsageError {
  return new UsageError(`${FLAG} (or $${VARIABLE}) ${what} (expected for example {"docker":"rootless"})`);
}
