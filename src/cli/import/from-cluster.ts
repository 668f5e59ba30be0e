// What a cluster holds of other people's rules, as if kubectl had printed it into a file.
import type { TextFile } from '../../manifests/files.ts';
import { isJsonObject, ownField } from '../../model/json.ts';
import { UsageError } from '../exit.ts';

const TIMEOUT_MS = 30_000;
/** For each request; the API server gives a token for the next ones. */
const PAGE = 500;

/**
 * Lists of the API, each as a file. A list that the API server does not have is empty: its definition is not installed.
 * @param kubeconfig the file that leads to the cluster
 * @throws UsageError where the cluster cannot be asked
 */
export async function listsOf(kubeconfig: string, paths: readonly string[]): Promise<readonly TextFile[]> {
  const { ApiClient } = await import('../../cluster/api/client.ts');
  const { ApiError, reasonOf } = await import('../../cluster/api/api-error.ts');
  const { kubeconfigCredentials } = await import('../../cluster/api/kubeconfig.ts');
  const files: TextFile[] = [];
  try {
    const client = new ApiClient(kubeconfigCredentials(kubeconfig));
    for (const path of paths) files.push(await listOf(client, path));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return files;

  async function listOf(client: InstanceType<typeof ApiClient>, path: string): Promise<TextFile> {
    const items: unknown[] = [];
    let next = '';
    do {
      const query = `?limit=${PAGE}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
      let list: unknown;
      try {
        list = await client.json({ path: path + query, timeoutMs: TIMEOUT_MS });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) break;
        throw new UsageError(`${client.server}${path}: ${reasonOf(error)}`);
      }
      items.push(...itemsOf(list));
      const token = ownField(ownField(list, 'metadata'), 'continue');
      next = typeof token === 'string' ? token : '';
    } while (next !== '');
    return { file: client.server + path, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) };
  }
}

/** The items of a list, with the apiVersion and the kind that the API server says of the list alone. */
function itemsOf(list: unknown): readonly unknown[] {
  const items = ownField(list, 'items');
  const apiVersion = ownField(list, 'apiVersion');
  const kind = String(ownField(list, 'kind')).replace(/List$/, '');
  return Array.isArray(items) ? items.filter(isJsonObject).map((item) => ({ apiVersion, kind, ...item })) : [];
}
