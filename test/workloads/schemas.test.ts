// The rows of other projects' kinds against the definitions of those kinds: their names, and what stands at each place that a row
// names. The facts were read from the definitions by scripts/workload-schemas.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectedPlaces } from '../../scripts/workload-places.ts';
import { isJsonObject, type JsonObject, ownField } from '../../src/model/json.ts';
import { ALL_WORKLOADS } from '../../src/workloads/index.ts';
import { qualifiedKind } from '../../src/workloads/workload.ts';

const FOLDER = join(import.meta.dirname, 'schemas');
const FACTS: ReadonlyMap<string, JsonObject> = new Map(
  readdirSync(FOLDER).flatMap((file) => {
    const read: unknown = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
    const kinds = ownField(read, 'kinds');
    return Object.entries(isJsonObject(kinds) ? kinds : {}).filter((entry): entry is [string, JsonObject] =>
      isJsonObject(entry[1]),
    );
  }),
);
/** Kubernetes' own groups have no dots in their names. */
const ROWS = ALL_WORKLOADS.filter(({ group }) => group.includes('.')).map((row) => [qualifiedKind(row), row] as const);

/** What the definitions of these releases do not have, and why the row has it all the same. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['Kafka.kafka.strimzi.io /spec/kafka/resources', 'v1beta2 has it; in v1 it is that of a KafkaNodePool'],
]);

/** True where a value that the definition lets in is what the row takes it for. */
function fits(found: string, expected: string): boolean {
  if (found === 'anything') return true;
  const [, list] = /^\[(.*)\]$/.exec(expected) ?? [];
  const [, map] = /^\{(.*)\}$/.exec(expected) ?? [];
  const [, items] = /^\[(.*)\]$/.exec(found) ?? [];
  const [, values] = /^\{(.*)\}$/.exec(found) ?? [];
  // One value for a list is taken as one entry of it.
  if (list !== undefined) return fits(items ?? found, list);
  if (map !== undefined) return values !== undefined && fits(values, map);
  return found.replace(/ and .*$/, '') === expected;
}

test('there are facts about these kinds and no others', () => {
  expect([...FACTS.keys()].toSorted()).toEqual(ROWS.map(([name]) => name).toSorted());
});

describe.each(ROWS)('the row of %s', (name, row) => {
  const facts = FACTS.get(name);

  test('has the names of the definition', () => {
    expect({ plural: row.resource, scope: row.scope ?? 'Namespaced' }).toEqual({
      plural: facts?.plural,
      scope: facts?.scope,
    });
    const served = Array.isArray(facts?.versions) ? facts.versions : [];
    expect(row.versions).toEqual(expect.arrayContaining(served));
  });

  test('names places that the definition has, of the type that the row takes them for', () => {
    const wrong = [...expectedPlaces(row)].flatMap(([pointer, expected]) => {
      const found = ownField(facts?.places, pointer);
      if (typeof found === 'string' && fits(found, expected)) return [];
      return ELSEWHERE.has(`${name} ${pointer}`) ? [] : [`${pointer}: expected ${expected}, found ${String(found)}`];
    });
    expect(wrong).toEqual([]);
  });
});
