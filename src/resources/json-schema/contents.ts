// Keywords about what is in a list or an object.
import { isJsonObject, ownField } from '../../model/json.ts';
import type { Keywords } from './keyword.ts';
import { isOfType } from './plain.ts';
import type { Visit } from './visit.ts';

/** Of scalars: our schemas have no other lists whose items must differ. */
function uniqueItems(visit: Visit): void {
  if (!Array.isArray(visit.value)) return;
  const types = ownField(visit.schema.items, 'type');
  const known = new Map<unknown, number>();
  for (let index = visit.value.length - 1; index >= 0; index--) {
    const item: unknown = visit.value[index];
    // That it is of another type is reported of the item.
    if (!isOfType(item, types)) continue;
    const later = known.get(item);
    if (later !== undefined) {
      visit.report('uniqueItems', { repeated: later });
      return;
    }
    known.set(item, index);
  }
}

function contains(visit: Visit, expected: unknown): void {
  if (!Array.isArray(visit.value)) return;
  if (!visit.value.some((item) => visit.errorsOf(item, expected).length === 0)) visit.report('contains');
}

function required(visit: Visit, expected: unknown): void {
  if (!isJsonObject(visit.value) || !Array.isArray(expected)) return;
  for (const key of expected) {
    if (ownField(visit.value, String(key)) === undefined) visit.report('required', { key: String(key) });
  }
}

function propertyNames(visit: Visit, expected: unknown): void {
  if (!isJsonObject(visit.value)) return;
  for (const key of Object.keys(visit.value)) visit.meetByKey(expected, key);
}

/** Of keys that `properties` does not have. */
function additionalProperties(visit: Visit, expected: unknown): void {
  if (!isJsonObject(visit.value)) return;
  const known = visit.schema.properties;
  for (const [key, member] of Object.entries(visit.value)) {
    if (ownField(known, key) !== undefined) continue;
    if (expected === false) visit.report('additionalProperties', { key });
    else visit.meetByMember(expected, key, member);
  }
}

function properties(visit: Visit, expected: unknown): void {
  if (!isJsonObject(visit.value) || !isJsonObject(expected)) return;
  for (const [key, schema] of Object.entries(expected)) {
    const member = ownField(visit.value, key);
    if (member !== undefined) visit.meetByMember(schema, key, member);
  }
}

function dependentRequired(visit: Visit, expected: unknown): void {
  if (!isJsonObject(visit.value) || !isJsonObject(expected)) return;
  for (const [key, others] of Object.entries(expected)) {
    if (ownField(visit.value, key) === undefined || !Array.isArray(others)) continue;
    for (const other of others) {
      if (ownField(visit.value, String(other)) === undefined) {
        visit.report('dependentRequired', { key: String(other), with: key });
      }
    }
  }
}

export const CONTENTS: Keywords = {
  items: (visit, expected) => {
    if (!Array.isArray(visit.value)) return;
    for (const [index, item] of visit.value.entries()) visit.meetByMember(expected, String(index), item);
  },
  uniqueItems,
  contains,
  required,
  propertyNames,
  additionalProperties,
  properties,
  dependentRequired,
};
