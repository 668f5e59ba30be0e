// Policies as tests send them to a real API server, and as it sends them back.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { API_VERSION } from '../../../src/model/names.ts';
import { acceptPolicy } from '../../../src/resources/isolation-policy/accept.ts';
import type { StoredObject } from '../../../src/resources/snapshot.ts';
import { BAD, HEAD } from '../../resources/bad-files.ts';
import { DOUBTFUL, EVERYTHING } from '../../resources/good-files.ts';
import { policyDocuments } from '../../support/policy-objects.ts';
import { at } from '../control-plane/at.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** A policy under the name of where it is from, so that all can be on one server. */
export interface Sample {
  readonly title: string;
  readonly document: JsonObject;
}

/** Every policy of the repository that loads: what ships, and what tests use. */
export function goodSamples(): readonly Sample[] {
  const files = ['policies', 'test/golden', 'test/fuzz'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(^|\/)polic(y|ies)\.yaml$/.test(name))
      .map((name) => join(ROOT, folder, name)),
  );
  return named('good', [
    ...files.map((file) => ({ title: relative(ROOT, file), text: readFileSync(file, 'utf8') })),
    { title: 'everything', text: EVERYTHING },
    ...DOUBTFUL.map(({ name, spec }) => ({ title: name, text: HEAD + spec })),
  ]);
}

/** Every mistake of the loader's own tests, but for those that no API server would take for a policy. */
export function badSamples(): readonly Sample[] {
  return named(
    'bad',
    BAD.map(({ name, text }) => ({ title: name, text })),
  ).filter(({ document }) => document.apiVersion === API_VERSION && acceptPolicy(document, 'here').errors.length > 0);
}

function named(
  prefix: string,
  sources: readonly { readonly title: string; readonly text: string }[],
): readonly Sample[] {
  return sources.flatMap(({ title, text }, index) =>
    policyDocuments(text).map((document, position) => ({
      title: position === 0 ? title : `${title} (${position + 1})`,
      document: withName(document, `${prefix}-${index}-${position}`),
    })),
  );
}

function withName(document: JsonObject, name: string): JsonObject {
  const metadata = ownField(document, 'metadata');
  const wrong = stringField(metadata, 'name') ?? '';
  // A name that is the mistake stays.
  const isMistake = wrong !== wrong.toLowerCase() || wrong.length > 253;
  return { ...document, metadata: { ...(isJsonObject(metadata) && metadata), name: isMistake ? wrong : name } };
}

/** An object of the API server as the watch hands it on. */
export function asPolicyObject(body: JsonObject): StoredObject {
  return {
    name: String(at(body, 'metadata', 'name')),
    uid: String(at(body, 'metadata', 'uid')),
    generation: Number(at(body, 'metadata', 'generation')),
    document: body,
    status: ownField(body, 'status'),
  };
}
