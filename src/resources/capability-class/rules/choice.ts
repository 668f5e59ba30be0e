// An implementation either gives something or says why it cannot be had.

import { at, fault, isThere, keyFault } from '../../located.ts';
import type { Fault } from '../../problems.ts';
import type { Parts } from '../parts.ts';

export function choiceFaults({ whole }: Parts): readonly Fault[] {
  const given = ['template', 'grant'].map((key) => at(whole, key)).filter(isThere);
  if (isThere(at(whole, 'reject'))) {
    return given.map((part) => keyFault(part, 'given together with reject (expected one or the other)'));
  }
  return given.length > 0 ? [] : [fault(whole, 'gives nothing (expected template, grant or reject)')];
}
