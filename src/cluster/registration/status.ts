// What there is to say of the registration from outside of the server: asked by `sandgate status`, and by `helm test`.
import { ownField, stringField } from '../../model/json.ts';
import { ApiError, reasonOf } from '../api/api-error.ts';
import type { ApiClient } from '../api/client.ts';
import { eventsPath } from '../event.ts';
import { askWhetherReachable, type Reached } from './reachable.ts';
import { isReachableEntry, KINDS } from './wanted.ts';

const TIMEOUT_MS = 15_000;

/** What a release is called, and where it is. */
export interface Release {
  readonly namespace: string;
  /** Of its Deployment, its Service and its webhook configurations. */
  readonly name: string;
}

/** What was found. */
export interface ReleaseStatus {
  /** True where the API server asks about workloads, and is answered. */
  readonly isWorking: boolean;
  /** Sentences for people. */
  readonly lines: readonly string[];
}

/** Looks. Rejects with an {@link ApiError} where the API server does not answer, or refuses the question. */
export async function releaseStatus(client: ApiClient, release: Release): Promise<ReleaseStatus> {
  const { namespace, name } = release;
  const reached = await askWhetherReachable(client, {
    namespace,
    about: { apiVersion: 'apps/v1', kind: 'Deployment', name },
  });
  const failsClosed = await registeredWebhooks(client, name);
  if (reached.outcome === 'reached' && failsClosed?.length !== 0) {
    return { isWorking: true, lines: [`${reached.says}: the API server asks it about workloads, and is answered`] };
  }
  return {
    isWorking: false,
    lines: [
      verdictOf(reached, failsClosed, release),
      ...(await deploymentLines(client, release)),
      ...(await eventLines(client, release)),
    ],
  };
}

function verdictOf({ outcome, says }: Reached, webhooks: readonly string[] | undefined, { name }: Release): string {
  const nothing = 'nothing is judged, and nothing is refused';
  if (outcome === 'unasked' && !webhooks?.length) {
    return `the API server does not ask Sandgate, so ${nothing}: there are no webhooks called ${JSON.stringify(name)}`;
  }
  const effect = webhooks?.includes('Fail') ? 'what they are about is refused' : nothing;
  const registered =
    webhooks === undefined
      ? ''
      : webhooks.length === 0
        ? `the webhooks are not registered, so ${nothing}: `
        : `the webhooks are registered, so ${effect} while the API server does not reach Sandgate: `;
  if (outcome === 'reached') return `${registered}the API server reaches Sandgate, and is about to be told of them`;
  return `${registered}the API server ${outcome === 'failed' ? 'does not reach' : 'does not ask'} Sandgate: ${says}`;
}

/** The failure policies of those that are registered beside the one that judges nothing; undefined where we may not look. */
async function registeredWebhooks(client: ApiClient, name: string): Promise<readonly string[] | undefined> {
  const policies: string[] = [];
  for (const kind of KINDS) {
    const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s/${encodeURIComponent(name)}`;
    try {
      const webhooks = ownField(await client.json({ path, timeoutMs: TIMEOUT_MS }), 'webhooks');
      for (const webhook of Array.isArray(webhooks) ? webhooks : []) {
        if (!isReachableEntry(webhook)) policies.push(stringField(webhook, 'failurePolicy') ?? '');
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) continue;
      if (error instanceof ApiError && error.status === 403) return undefined;
      throw error;
    }
  }
  return policies;
}

async function deploymentLines(client: ApiClient, { namespace, name }: Release): Promise<readonly string[]> {
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
  try {
    const deployment = await client.json({ path, timeoutMs: TIMEOUT_MS });
    const wanted = ownField(ownField(deployment, 'spec'), 'replicas');
    // Absent where there are none.
    const ready = Number(ownField(ownField(deployment, 'status'), 'readyReplicas') ?? 0);
    const look = ready === 0 ? `: kubectl --namespace ${namespace} get pods says more` : '';
    return [`of the Deployment ${namespace}/${name} ${ready} of ${Number(wanted)} pods are ready${look}`];
  } catch (error) {
    return [`the Deployment ${namespace}/${name} cannot be looked at: ${reasonOf(error)}`];
  }
}

/** What the server itself last said; nothing where it said nothing, or we may not look. */
async function eventLines(client: ApiClient, release: Release): Promise<readonly string[]> {
  const place = {
    namespace: release.namespace,
    about: { apiVersion: 'apps/v1', kind: 'Deployment', name: release.name },
  };
  const selector = new URLSearchParams({
    fieldSelector: `involvedObject.kind=Deployment,involvedObject.name=${release.name},type=Warning,source=sandgate`,
  });
  const list = await client
    .json({ path: `${eventsPath(place)}?${selector.toString()}`, timeoutMs: TIMEOUT_MS })
    .catch(() => undefined);
  const items = ownField(list, 'items');
  const events = (Array.isArray(items) ? items : []).map((item: unknown) => ({
    at: stringField(item, 'lastTimestamp') ?? '',
    message: stringField(item, 'message') ?? '',
  }));
  const [last] = events.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return last ? [`at ${last.at} it said: ${last.message}`] : [];
}
