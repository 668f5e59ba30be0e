// The classes that a policy in force lists, held against those there are in a cluster. There, either may come first and
// go first: what does not fit is worth a word, and never a reason to keep a policy out of force.
import type { CapabilityClasses } from '../../grants/class.ts';
import type { CapabilityRef } from '../../rules/capabilities/parameters.ts';
import { implementationProblem } from '../capability-class/references.ts';
import { nearestWord } from '../did-you-mean.ts';
import type { Fault } from '../faults.ts';

/** Which classes there are. */
export interface ClassCatalog {
  readonly classes: CapabilityClasses;
  /** The names of objects of which no version is in force. */
  readonly broken: ReadonlySet<string>;
}

/** What does not fit, in the order of the list; nothing where nobody knows yet which classes there are. */
export function listedClassFaults(
  listed: readonly CapabilityRef[],
  catalog: ClassCatalog | undefined,
): readonly Fault[] {
  if (!catalog) return [];
  return listed.flatMap(({ name, implementation }, index): readonly Fault[] => {
    const keys = ['spec', 'capabilities', String(index)];
    const capability = catalog.classes.get(name);
    if (!capability) return [{ keys: [...keys, 'name'], what: 'value', message: missing(name, catalog) }];
    const message = implementation === undefined ? undefined : implementationProblem(capability, implementation);
    return message === undefined ? [] : [{ keys: [...keys, 'implementation'], what: 'value', message }];
  });
}

function missing(name: string, { classes, broken }: ClassCatalog): string {
  if (broken.has(name)) return `class ${name} is not in force: its status says why`;
  const nearest = nearestWord(name, [...classes.keys()]);
  return `class ${name} does not exist (yet)${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}
