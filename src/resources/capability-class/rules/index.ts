// Everything that the schema of capability classes cannot say. Each rule looks at its own part alone, so that a mistake
// elsewhere in the document does not hide what it finds; each is what the API server would refuse, or what could never
// be meant.
import type { Fault } from '../../problems.ts';
import { type Parts, partsOf } from '../parts.ts';
import { choiceFaults } from './choice.ts';
import { conditionFaults } from './condition.ts';
import { containerFaults } from './containers.ts';
import { envFaults } from './env.ts';
import { handlerFaults } from './handlers.ts';
import { implementationFaults } from './implementations.ts';
import { inheritedFaults } from './inherited.ts';
import { metadataFaults } from './metadata.ts';
import { mountFaults } from './mounts.ts';
import { nameFaults } from './names.ts';
import { resourceFaults } from './resources.ts';
import { securityFaults } from './security.ts';
import { volumeFaults } from './volumes.ts';

const RULES: readonly ((parts: Parts) => readonly Fault[])[] = [
  choiceFaults,
  conditionFaults,
  metadataFaults,
  nameFaults,
  containerFaults,
  handlerFaults,
  envFaults,
  resourceFaults,
  securityFaults,
  inheritedFaults,
  volumeFaults,
  mountFaults,
];

/** What is wrong with a class although its form is right. */
export function classRuleFaults(document: unknown): readonly Fault[] {
  const implementations = partsOf(document);
  return [
    ...implementationFaults(implementations),
    ...implementations.flatMap((parts) => RULES.flatMap((rule) => rule(parts))),
  ];
}
