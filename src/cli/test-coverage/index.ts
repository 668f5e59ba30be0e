// Every kind of part that cases can reach, in the order in which reports have them.
import { branches } from './branches.ts';
import { checks } from './checks.ts';
import { exceptions } from './exceptions.ts';
import { fillIns } from './fill-ins.ts';
import { imageRows } from './image-rows.ts';
import { implementations } from './implementations.ts';
import type { PartKind } from './part.ts';
import { policies } from './policies.ts';
import { rules } from './rules.ts';
import { validations } from './validations.ts';

export const PART_KINDS: readonly PartKind[] = [
  policies,
  rules,
  checks,
  validations,
  branches,
  fillIns,
  imageRows,
  exceptions,
  implementations,
];
