// What the author of a class probably did not mean, although it is allowed.
import type { DocumentProblem } from '../../problems.ts';
import { type Parts, partsOf } from '../parts.ts';
import { effectWarnings } from './effect.ts';
import { imageWarnings } from './images.ts';
import { inheritanceWarnings } from './inheritance.ts';
import { mappedPathWarnings } from './mapped-paths.ts';
import { orderWarnings } from './order.ts';
import { volumeWarnings } from './volumes.ts';

const WARNINGS: readonly ((parts: Parts) => readonly DocumentProblem[])[] = [
  effectWarnings,
  imageWarnings,
  inheritanceWarnings,
  mappedPathWarnings,
  volumeWarnings,
];

/** Warnings about a class, whatever else is wrong with it. */
export function classWarnings(document: unknown): readonly DocumentProblem[] {
  const implementations = partsOf(document);
  return [
    ...orderWarnings(implementations),
    ...implementations.flatMap((parts) => WARNINGS.flatMap((warning) => warning(parts))),
  ];
}
