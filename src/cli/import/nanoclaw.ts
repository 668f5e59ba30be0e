// nanoclaw's mount-allowlist.json: which folders of the host its agents may mount. Source: src/modules/mount-security/index.ts
// of nanoclaw 2.0.64.
import { isWithin, normalisePath } from '../../kubernetes/file-path.ts';
import { parseManifest } from '../../manifests/manifest.ts';
import type { SourceDocument } from '../../manifests/source.ts';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../model/json.ts';
import { NAMESPACE_NAME_LABEL } from '../../model/names.ts';
import { isNeverAllowed } from '../../rules/volumes/never-allowed.ts';
import { problemsError, UsageError } from '../exit.ts';
import type { Import, ImportOptions, Keys, Origin } from './imported.ts';
import type { ImportSource } from './source.ts';

/** Where nanoclaw mounts what the list allows. */
const MOUNTED_BELOW = '/workspace/extra/**';

export const nanoclaw: ImportSource = {
  name: 'nanoclaw',
  reads: "nanoclaw's mount-allowlist.json",
  read(files, options, into) {
    for (const { file, text } of files) {
      const { documents, problems } = parseManifest(text, file);
      if (problems.length > 0) throw problemsError(problems);
      const [document] = documents;
      if (document === undefined || documents.length > 1 || !isJsonObject(document.value))
        throw new UsageError(`${file}: not an allowlist of nanoclaw (expected a JSON object with allowedRoots)`);
      take(document, document.value, options, into);
    }
  },
};

interface Root {
  readonly path: string;
  readonly readOnly: boolean;
  readonly keys: Keys;
}

function take(document: SourceDocument, list: JsonObject, options: ImportOptions, into: Import): void {
  const origin: Origin = { title: '', locate: (keys) => document.locate(keys) };
  const roots = listAt(document, list, 'allowedRoots');
  const patterns = listAt(document, list, 'blockedPatterns');
  for (const key of Object.keys(list)) {
    if (['allowedRoots', 'blockedPatterns'].includes(key)) continue;
    const why =
      key === 'nonMainReadOnly'
        ? 'nanoclaw 2 ignores it as well; a root is read-only by allowReadWrite: false, for every agent'
        : 'nanoclaw does not know the key either';
    into.leaveOut(origin, [key], why, 'none');
  }
  const read = roots.flatMap((root: unknown, index) => readRoot(root, index, options, origin, into));
  const notes = roots.flatMap((root: unknown) => {
    const description = stringField(root, 'description');
    return description === undefined ? [] : [`${stringField(root, 'path') ?? ''}: ${description}`];
  });
  const { namespace } = options;
  into.add(
    origin,
    namespace ?? 'nanoclaw-mounts',
    {
      ...(namespace !== undefined && {
        match: { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } } },
      }),
      volumes: {
        hostPaths: inOrder(read, origin, into),
        blockedPaths: { lists: ['nanoclaw'], ...ownPatterns(patterns, origin, into), match: 'Contains' },
      },
    },
    notes,
  );
  if (namespace === undefined) {
    const why =
      'an allowlist does not say which pods it is for: the policy is about all of them (-n names a namespace)';
    into.leaveOut(origin, [], why, 'stricter');
  }
}

/** A list without which nanoclaw refuses the file, and blocks every mount. */
function listAt(document: SourceDocument, list: JsonObject, key: string): readonly unknown[] {
  const found = ownField(list, key);
  if (Array.isArray(found)) return found;
  const { file, line, column } = document.locate([key]);
  throw new UsageError(
    `${file}:${line}:${column}: no list of ${key} (expected one; nanoclaw itself blocks every mount with such a file)`,
  );
}

function readRoot(
  root: unknown,
  index: number,
  { home }: ImportOptions,
  origin: Origin,
  into: Import,
): readonly Root[] {
  const keys: Keys = ['allowedRoots', index];
  const path = stringField(root, 'path');
  if (!isJsonObject(root) || path === undefined) {
    into.leaveOut(origin, keys, 'not a root with a path (expected an object with a path)', 'stricter');
    return [];
  }
  for (const key of Object.keys(root)) {
    if (['path', 'allowReadWrite', 'description'].includes(key)) continue;
    const why = /^readonly$/i.test(key)
      ? 'nanoclaw ignores it: what may be written to is said by allowReadWrite'
      : 'nanoclaw does not know the key either';
    into.leaveOut(origin, [...keys, key], why, 'none');
  }
  const expanded = /^~(?=\/|$)/.test(path) ? home && path.replace('~', home) : path;
  if (!expanded?.startsWith('/')) {
    const why = path.startsWith('~')
      ? '~ is the home of the user who runs nanoclaw, which a policy cannot know (--home says it)'
      : 'not an absolute path';
    into.leaveOut(origin, [...keys, 'path'], why, 'stricter');
    return [];
  }
  if (isNeverAllowed(expanded)) {
    into.leaveOut(origin, keys, 'no policy can allow it: with it a container has the node', 'stricter');
    return [];
  }
  return [{ path: normalisePath(expanded), readOnly: ownField(root, 'allowReadWrite') !== true, keys }];
}

/**
 * In nanoclaw the first root that holds a path decides; in a policy one row that allows a mount suffices. So a root below an earlier
 * one is left out, and one around an earlier read-only one becomes read-only.
 */
function inOrder(roots: readonly Root[], origin: Origin, into: Import): readonly JsonObject[] {
  const rows: JsonObject[] = [];
  for (const [index, { path, readOnly, keys }] of roots.entries()) {
    const before = roots.slice(0, index);
    const around = before.find((root) => isWithin(path, root.path));
    if (around) {
      const why = `it is below ${around.path}, and the first root that holds a path decides in nanoclaw`;
      into.leaveOut(origin, keys, why, 'none');
      continue;
    }
    const within = readOnly ? undefined : before.find((root) => root.readOnly && isWithin(root.path, path));
    if (within) {
      const why = `it holds ${within.path}, which is read-only: rows of a policy have no exceptions, so that all of it is read-only`;
      into.leaveOut(origin, [...keys, 'allowReadWrite'], why, 'stricter');
    }
    rows.push({
      path,
      below: true,
      ...((readOnly || within) && { readOnly: true }),
      types: ['Directory', 'File'],
      mountPaths: [MOUNTED_BELOW],
    });
  }
  return rows;
}

function ownPatterns(texts: readonly unknown[], origin: Origin, into: Import): JsonObject {
  const usable = texts.filter((pattern) => typeof pattern === 'string' && pattern !== '');
  for (const [index, pattern] of texts.entries()) {
    if (!usable.includes(pattern)) into.leaveOut(origin, ['blockedPatterns', index], 'not a pattern', 'laxer');
  }
  return usable.length === 0 ? {} : { patterns: usable };
}
