// Imports something, and judges pods by what came of it.
import { expect } from 'vitest';
import { isJsonObject, type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { folderWith, sandgate } from '../console.ts';

export interface LeftOut {
  readonly object: string;
  readonly path: string;
  readonly why: string;
  readonly effect: string;
}

export interface Finding {
  readonly check: string;
  readonly action: string;
}

export interface Judged {
  readonly verdict: string;
  readonly findings: readonly Finding[];
}

export interface Imported {
  readonly names: readonly string[];
  readonly specs: readonly JsonObject[];
  readonly notCarriedOver: readonly LeftOut[];
  /** The verdict about an object by these policies alone, as it is written. */
  judge(object: object, options?: string): Promise<Judged>;
  /** What the object is after it is filled in. */
  filled(object: object): Promise<unknown>;
}

/** Runs `sandgate import` on a text, and loads the policies that it prints wherever an object is judged. */
export async function imported(source: string, text: string, options = ''): Promise<Imported> {
  const cwd = folderWith({ 'in.yaml': text });
  const asked = `import ${source} -f in.yaml ${options}`.trim();
  const printed = await sandgate(cwd, `${asked} -o json`);
  const yaml = await sandgate(cwd, asked);
  expect(printed.stderr).not.toContain('bug in sandgate');
  const found = printed.json();
  const policies = objectsIn(ownField(found, 'policies'));
  return {
    names: policies.map((policy) => textOf(policy.metadata, 'name')),
    specs: policies.flatMap(({ spec }) => (isJsonObject(spec) ? [spec] : [])),
    notCarriedOver: objectsIn(ownField(found, 'notCarriedOver')).map((one) => ({
      object: textOf(one, 'object'),
      path: textOf(one, 'path'),
      why: textOf(one, 'why'),
      effect: textOf(one, 'effect'),
    })),
    async judge(object, more = '') {
      const folder = folderWith({ 'policies.yaml': yaml.stdout, 'object.json': JSON.stringify(object) });
      const line = `check -p policies.yaml -f object.json -o json --no-inject ${more}`.trim();
      const [result] = objectsIn(ownField((await sandgate(folder, line)).json(), 'results'));
      const findings = objectsIn(result?.findings).map((finding) => ({
        check: textOf(finding, 'check'),
        action: textOf(finding, 'action'),
      }));
      return { verdict: textOf(result, 'verdict'), findings };
    },
    async filled(object) {
      const folder = folderWith({ 'policies.yaml': yaml.stdout, 'object.json': JSON.stringify(object) });
      return (await sandgate(folder, 'inject -p policies.yaml -f object.json -o json')).json();
    },
  };
}

/** The objects of a list. */
export function objectsIn(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

function textOf(object: unknown, key: string): string {
  return stringField(object, key) ?? '';
}

/** What stands at these keys. */
export function fieldAt(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce((inside, key) => ownField(inside, key), value);
}

/** A pod of one container, in a namespace. */
export function pod(spec: object = {}, container: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'team-a', ...metadata },
    spec: { containers: [{ name: 'app', image: 'ghcr.io/acme/app:1', ...container }], ...spec },
  };
}

/** `path: why [effect]`, for each of what was not carried over. */
export function notes({ notCarriedOver }: Imported): readonly string[] {
  return notCarriedOver.map(({ path, why, effect }) => `${path}: ${why} [${effect}]`);
}
