// An implementation that gives nothing.
import { isJsonObject } from '../../../model/json.ts';
import { at, fieldsAt, isThere, keyProblem, type Located } from '../../located.ts';
import type { DocumentProblem } from '../../problems.ts';
import type { Parts } from '../parts.ts';

/** Warns about an implementation whose template and grant are empty. */
export function effectWarnings({ whole, template, grant }: Parts): readonly DocumentProblem[] {
  if (isThere(at(whole, 'reject')) || (!isThere(template) && !isThere(grant))) return [];
  // `containers` alone, which only says who is given something, gives nothing.
  const given = [at(template, 'metadata'), at(template, 'spec'), grant].some((part) =>
    fieldsAt(part).some(([key, field]) => (key !== 'containers' || part !== grant ? holdsAnything(field) : false)),
  );
  return given ? [] : [keyProblem(isThere(template) ? template : grant, 'gives nothing')];
}

function holdsAnything({ value }: Located): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isJsonObject(value) ? Object.keys(value).length > 0 : value !== undefined && value !== null;
}
