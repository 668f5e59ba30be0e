// One write to the status of an object of ours. It names the version that it was made from, so that it undoes nothing it has not seen.
import { type JsonObject, ownField, stringField } from '../model/json.ts';
import { namesInKey, type OwnKind } from '../resources/kind.ts';
import type { StoredObject } from '../resources/snapshot.ts';
import { ApiError } from './api/api-error.ts';
import type { ApiClient } from './api/client.ts';
import { ownObjectPath } from './watch/resource.ts';

const CONFLICTS = new Set([404, 409]);

export interface StatusWrite {
  readonly client: ApiClient;
  readonly kind: OwnKind;
  readonly key: string;
  /** A merge patch. */
  readonly patch: JsonObject;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends it. Returns the object as it is then, and throws where it is not written. */
export function writeStatus({ client, kind, key, ...rest }: StatusWrite): Promise<unknown> {
  return client.json({ path: `${ownObjectPath(kind, namesInKey(key))}/status?fieldManager=sandgate`, ...rest });
}

/** For the patch: the version that it was made from. */
export function versionOf({ document }: StoredObject): string | undefined {
  return stringField(ownField(document, 'metadata'), 'resourceVersion');
}

/** True where somebody else was faster, or the object is gone: the watch brings what there is now. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status !== undefined && CONFLICTS.has(error.status);
}
