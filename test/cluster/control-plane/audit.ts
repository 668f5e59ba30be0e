// The API server's audit log: what was asked of it, by whom, and what admission noted beside it.
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';

/** Annotations are in both; `RequestResponse` holds the objects too and costs accordingly. */
export type AuditLevel = 'Metadata' | 'RequestResponse';

/** Writes the policy and returns the flags that turn the log on. Reads, events and leases are left out. */
export function auditFlags(folder: string, level: AuditLevel): readonly string[] {
  const rules = [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io' }, { group: 'events.k8s.io' }] },
    { level: 'None', resources: [{ group: '', resources: ['events'] }] },
    { level },
  ];
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules };
  const file = join(folder, 'audit-policy.json');
  writeFileSync(file, JSON.stringify(policy));
  return [`--audit-policy-file=${file}`, `--audit-log-path=${logFile(folder)}`];
}

/** The events so far. The server writes an event after it has answered: poll for what you expect. */
export async function readAuditEvents(folder: string): Promise<readonly JsonObject[]> {
  const file = logFile(folder);
  if (!existsSync(file)) return [];
  const text = await readFile(file, 'utf8');
  // What follows the last line end is still being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map(parseEvent);
}

function parseEvent(line: string): JsonObject {
  const event: unknown = JSON.parse(line);
  if (!isJsonObject(event)) throw new Error(`not an audit event: ${line}`);
  return event;
}

function logFile(folder: string): string {
  return join(folder, 'audit.log');
}
