// What the author of a class probably did not mean, although it is allowed.
import type { Fault } from '../../problems.ts';
import { type Parts, partsOf } from '../parts.ts';
import { effectDoubts } from './effect.ts';
import { imageDoubts } from './images.ts';
import { inheritanceDoubts } from './inheritance.ts';
import { orderDoubts } from './order.ts';
import { volumeDoubts } from './volumes.ts';

const DOUBTS: readonly ((parts: Parts) => readonly Fault[])[] = [
  effectDoubts,
  imageDoubts,
  inheritanceDoubts,
  volumeDoubts,
];

/** Warnings about a class, whatever else is wrong with it. */
export function classDoubts(document: unknown): readonly Fault[] {
  const implementations = partsOf(document);
  return [
    ...orderDoubts(implementations),
    ...implementations.flatMap((parts) => DOUBTS.flatMap((doubt) => doubt(parts))),
  ];
}
