// What a cluster holds of other people's rules, as if kubectl had printed it into a file.
import type { TextFile } from '../../manifests/files.ts';
import type { JsonObject } from '../../model/json.ts';
import { UsageError } from '../exit.ts';

/** A list of the API. */
export interface ApiList {
  readonly path: string;
  readonly apiVersion: string;
  readonly kind: string;
}

const TIMEOUT_MS = 30_000;

/**
 * Lists of the API, each as a file. A list that the API server does not have is empty: its definition is not installed.
 * @param kubeconfig the file that leads to the cluster
 * @throws UsageError where the cluster cannot be asked
 */
export async function listsOf(kubeconfig: string, lists: readonly ApiList[]): Promise<readonly TextFile[]> {
  const { ApiClient } = await import('../../cluster/api/client.ts');
  const { ApiError, reasonOf } = await import('../../cluster/api/api-error.ts');
  const { kubeconfigCredentials } = await import('../../cluster/api/kubeconfig.ts');
  const { listAll } = await import('../../cluster/watch/list.ts');
  const signal = AbortSignal.timeout(TIMEOUT_MS * lists.length);
  const files: TextFile[] = [];
  try {
    const client = new ApiClient(kubeconfigCredentials(kubeconfig));
    for (const { path, apiVersion, kind } of lists) {
      const items: JsonObject[] = [];
      try {
        // The items of a list do not say what they are: the list says it for all of them.
        await listAll(client, { name: path, path }, TIMEOUT_MS, signal, (item) =>
          items.push({ apiVersion, kind, ...item }),
        );
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404))
          throw new UsageError(`${client.server}${path}: ${reasonOf(error)}`);
      }
      files.push({ file: client.server + path, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error instanceof Error ? error.message : String(error));
  }
  return files;
}
