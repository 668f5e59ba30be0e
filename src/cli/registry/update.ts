// Renews the rows of a policy's `identity.images`: those that name one image each. What else is in the file stays as it is written.
import type { ImageRow } from '../../images/identity.ts';
import { isDigest, isTag, parseImage } from '../../images/image-reference.ts';
import type { InputFile } from '../../library/offline/objects.ts';
import type { Problem } from '../../manifests/source.ts';
import { isGlob } from '../../model/glob.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import type { FilledFile } from '../../report/shapes/filled-file.ts';
import { problemsError, UsageError } from '../exit.ts';

/** A row of a policy, by the image that it names. */
export interface NamedRow {
  /** As a pod would name it. */
  readonly image: string;
  readonly row: JsonObject;
}

/** The policies of a file that state users. */
function policiesIn(file: InputFile): readonly JsonObject[] {
  const objects = file.documents.flatMap(({ objects: inside }) => inside);
  return objects.filter(({ kind }) => kind.kind === 'IsolationPolicy').map(({ value }) => value);
}

function rowsIn(policy: unknown): readonly unknown[] {
  const images = ownField(ownField(ownField(policy, 'spec'), 'identity'), 'images');
  return Array.isArray(images) ? images : [];
}

/** What has to be an object where it is there, on the way to the rows. */
const AROUND = [['spec'], ['spec', 'identity']] as const;
const ROWS = ['spec', 'identity', 'images'] as const;

/**
 * Refuses a file in which something else stands where rows belong: it would be replaced by them.
 * @throws UsageError with every such place
 */
function refuseOddPolicies(file: InputFile): void {
  const objects = file.documents.flatMap(({ objects: inside }) => inside);
  const problems = objects.flatMap((object): readonly Problem[] => {
    if (object.kind.kind !== 'IsolationPolicy') return [];
    const at = (keys: readonly string[]): unknown => keys.reduce<unknown>(ownField, object.value) ?? undefined;
    const wrong = (keys: readonly (string | number)[], expected: string): Problem => ({
      ...object.locate(keys),
      message: `/${keys.join('/')}: ${expected}; nothing was renewed`,
    });
    const around = AROUND.find((keys) => at(keys) !== undefined && !isJsonObject(at(keys)));
    if (around) return [wrong(around, 'expected an object')];
    const rows = at(ROWS) ?? [];
    if (!Array.isArray(rows)) return [wrong(ROWS, 'expected a list of rows')];
    return rows.flatMap((row: unknown, index) =>
      isJsonObject(row) ? [] : [wrong([...ROWS, index], 'expected a row, which is an object')],
    );
  });
  if (problems.length > 0) throw problemsError(problems);
}

/**
 * The rows of a file that name one image each; the others are about several, which a registry is not asked for.
 * @throws UsageError where something else stands in the place of rows
 */
export function namedRows(file: InputFile): { readonly named: readonly NamedRow[]; readonly others: number } {
  refuseOddPolicies(file);
  const rows = policiesIn(file).flatMap(rowsIn).filter(isJsonObject);
  const named = rows.flatMap((row) => {
    const image = imageOf(row);
    return image === undefined ? [] : [{ image, row }];
  });
  return { named, others: rows.length - named.length };
}

function imageOf(row: JsonObject): string | undefined {
  const [image = '', tags, digest] = ['image', 'tags', 'digest'].map((key) => stringField(row, key));
  if (image === '' || isGlob(image)) return undefined;
  if (digest !== undefined) return isDigest(digest) ? `${image}@${digest}` : undefined;
  return tags !== undefined && isTag(tags) ? `${image}:${tags}` : undefined;
}

/** True where a row is about the same image as another. */
function isSameImage(a: JsonObject, b: ImageRow): boolean {
  const [one, other] = [imageOf(a), imageOf({ ...b })].map((image) => image && parseImage(image));
  if (!one || !other || one.repository !== other.repository) return false;
  return one.digest === undefined ? other.digest === undefined && one.tag === other.tag : one.digest === other.digest;
}

/**
 * The file with these rows: each in the place of the one about the same image, or behind the others of the first policy.
 * @throws UsageError where no policy is in the file
 */
export function withRows(file: InputFile, rows: readonly ImageRow[]): FilledFile {
  const policies = policiesIn(file);
  const home = policies.find((policy) => rowsIn(policy).length > 0) ?? policies[0];
  if (!home) throw new UsageError(`${file.file}: no IsolationPolicy in it (expected one whose rows are to be renewed)`);
  const left = rows.filter(
    (row) => !policies.some((policy) => rowsIn(policy).some((own) => isJsonObject(own) && isSameImage(own, row))),
  );
  const renewed = new Map(
    policies.map((policy) => {
      const own = rowsIn(policy).map((row) => renew(row, rows));
      return [policy, withImages(policy, policy === home ? [...own, ...left] : own)];
    }),
  );
  const documents = file.documents.map((document) => ({
    number: document.number,
    tree: document.tree,
    before: document.value,
    after: replaced(document.value, renewed),
    objects: [],
  }));
  return { file: file.file, text: file.text, documents };
}

/** The row with what is known now; the same where nothing is. Keys of its own, such as fsGroup, stay. */
function renew(row: unknown, rows: readonly ImageRow[]): unknown {
  if (!isJsonObject(row)) return row;
  const found = rows.find((one) => isSameImage(row, one));
  if (!found) return row;
  const { image: _, tags: __, digest: ___, ...facts } = found;
  const kept = Object.entries(row).filter(([key]) => key !== 'runAsGroup' || 'runAsGroup' in facts);
  return { ...Object.fromEntries(kept), ...facts };
}

function withImages(policy: JsonObject, images: readonly unknown[]): JsonObject {
  const spec = ownField(policy, 'spec');
  const identity = ownField(spec, 'identity');
  if (images.length === 0) return policy;
  return {
    ...policy,
    spec: { ...(isJsonObject(spec) && spec), identity: { ...(isJsonObject(identity) && identity), images } },
  };
}

/** The value with policies replaced, wherever they stand in it: a document, or the items of a List. */
function replaced(value: JsonObject, renewed: ReadonlyMap<JsonObject, JsonObject>): JsonObject {
  const own = renewed.get(value);
  if (own) return own;
  const items = ownField(value, 'items');
  if (!Array.isArray(items)) return value;
  return { ...value, items: items.map((item: unknown) => (isJsonObject(item) ? replaced(item, renewed) : item)) };
}
