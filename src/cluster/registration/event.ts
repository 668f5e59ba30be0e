// Events about the Deployment that runs us: `kubectl describe deployment` and `kubectl get events` show them.
import type { JsonObject } from '../../model/json.ts';

/** Where events are written, and what they are about. */
export interface EventPlace {
  readonly namespace: string;
  /** What is said to be involved: `kubectl describe` finds an event by its uid. */
  readonly about: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid?: string };
}

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  /** One word, in capitals like a type. */
  readonly reason: string;
  /** At most 1024 characters, which is what the API server takes. */
  readonly message: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The list of the events of that namespace. */
export function eventsPath({ namespace }: EventPlace): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

/** The event, to be created. */
export function eventOf(
  { namespace, about }: EventPlace,
  { type, reason, message, labels }: EventText,
  now = new Date(),
): JsonObject {
  const at = now.toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${about.name}.`, namespace, ...(labels && { labels }) },
    involvedObject: { ...about, namespace },
    type,
    reason,
    message,
    source: { component: 'sandgate' },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}
