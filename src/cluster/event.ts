// Events, as `kubectl describe` and `kubectl get events` show them: about the Deployment that runs us, and about what is refused.
import type { JsonObject } from '../model/json.ts';

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
  /** At most {@link MOST_MESSAGE_BYTES}. */
  readonly message: string;
  /** How often it has happened; 1 by default. */
  readonly count?: number;
  /** When it happened first; now by default. */
  readonly since?: Date;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the API server takes, in bytes. */
export const MOST_MESSAGE_BYTES = 1024;

/** The list of the events of that namespace. */
export function eventsPath({ namespace }: EventPlace): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

/** The event, to be created. */
export function eventOf(
  { namespace, about }: EventPlace,
  { type, reason, message, count = 1, since, labels }: EventText,
  now = new Date(),
): JsonObject {
  const at = now.toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      generateName: `${isObjectName(about.name) ? about.name : 'sandgate'}.`,
      namespace,
      ...(labels && { labels }),
    },
    involvedObject: { ...about, namespace },
    type,
    reason,
    message,
    source: { component: 'sandgate' },
    firstTimestamp: since?.toISOString() ?? at,
    lastTimestamp: at,
    count,
  };
}

/** True for what the name of an event can begin with. Some kinds allow other names for their objects. */
function isObjectName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?$/.test(name);
}
