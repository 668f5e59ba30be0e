// What a kind of rules is that can be imported.

import { type InputObject, parseFiles } from '../../library/offline/objects.ts';
import type { TextFile } from '../../manifests/files.ts';
import { stringField } from '../../model/json.ts';
import { namesOf } from '../../resources/kind.ts';
import { problemsError } from '../exit.ts';
import type { ApiList } from './from-cluster.ts';
import type { Import, ImportOptions, Origin } from './imported.ts';

/** Other people's rules, of one tool. */
export interface ImportSource {
  /** What it is called on the command line. */
  readonly name: string;
  /** For help: what it reads. */
  readonly reads: string;
  /** Lists of the API that hold these rules; absent where they are not in the API. */
  readonly lists?: readonly ApiList[];
  /** Takes over what the files say. Throws a UsageError where they cannot be read. */
  read(files: readonly TextFile[], options: ImportOptions, into: Import): void;
}

/** An object whose rules are imported. */
export interface ImportedObject extends Origin {
  readonly object: InputObject;
  readonly name: string;
}

/** A reader of files that hold Kubernetes objects. */
export function readingObjects(
  take: (objects: readonly ImportedObject[], options: ImportOptions, into: Import) => void,
): ImportSource['read'] {
  return (files, options, into) => {
    const { files: parsed, problems } = parseFiles(files);
    if (problems.length > 0) throw problemsError(problems);
    const objects = parsed.flatMap((file) => file.documents.flatMap((document) => document.objects));
    take(objects.map(imported), options, into);
  };
}

function imported(object: InputObject): ImportedObject {
  const { name } = namesOf(object.value);
  const title = `${stringField(object.value, 'kind') ?? ''} ${name}`.trim();
  return { object, name, title, locate: (keys) => object.locate(keys) };
}
