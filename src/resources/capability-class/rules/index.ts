// Everything that the schema of capability classes cannot say. Each rule looks at its own part alone, so that a mistake
// elsewhere in the document does not hide what it finds; each finds what the API server would refuse, or what cannot be
// intended.
import type { DocumentProblem } from '../../problems.ts';
import { type Parts, partsOf } from '../parts.ts';
import { choiceProblems } from './choice.ts';
import { conditionProblems } from './condition.ts';
import { containerProblems } from './containers.ts';
import { envProblems } from './env.ts';
import { handlerProblems } from './handlers.ts';
import { implementationProblems } from './implementations.ts';
import { inheritedProblems } from './inherited.ts';
import { metadataProblems } from './metadata.ts';
import { mountProblems } from './mounts.ts';
import { nameProblems } from './names.ts';
import { resourceProblems } from './resources.ts';
import { securityProblems } from './security.ts';
import { sharedProblems } from './shared.ts';
import { volumeProblems } from './volumes.ts';

const RULES: readonly ((parts: Parts) => readonly DocumentProblem[])[] = [
  choiceProblems,
  conditionProblems,
  metadataProblems,
  nameProblems,
  containerProblems,
  handlerProblems,
  envProblems,
  resourceProblems,
  securityProblems,
  inheritedProblems,
  volumeProblems,
  mountProblems,
  sharedProblems,
];

/** What is wrong with a class although its form is right. */
export function classRuleProblems(document: unknown): readonly DocumentProblem[] {
  const implementations = partsOf(document);
  return [
    ...implementationProblems(implementations),
    ...implementations.flatMap((parts) => RULES.flatMap((rule) => rule(parts))),
  ];
}
