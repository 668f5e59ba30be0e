// Fields of pods that other tools set, as the rules of a policy that fill them in.
import { isJsonObject, type JsonObject, sameJson } from '../../model/json.ts';
import type { HardenFieldId } from '../../rules/harden/parameters.ts';
import type { Effect, Keys } from './imported.ts';

/** Where a value comes from, and whether it replaces what somebody wrote. */
export interface SetBy {
  readonly keys: Keys;
  readonly replaces: boolean;
}

/** Something that a fill-in does otherwise. */
export interface FillInNote {
  readonly keys: Keys;
  readonly why: string;
  readonly effect: Effect;
}

/** A field of a pod, and what fills it in. */
interface Field {
  /** Keys of the pod; `[]` is every entry of a list, `*` any key. */
  readonly path: RegExp;
  /** The part of a spec; undefined for a value that is not filled in. */
  readonly spec: (value: unknown, key: string) => JsonObject | undefined;
  /** What a policy needs beside it in order to hold against what somebody wrote. */
  readonly replacing?: (value: unknown) => JsonObject;
  /** What a policy needs beside it in order to let in what somebody wrote. */
  readonly adding?: JsonObject;
}

const CONTAINERS = String.raw`spec\.(?:containers|initContainers|ephemeralContainers)\.\[\]`;
const EITHER = String.raw`(?:spec|${CONTAINERS})\.securityContext`;
const isId = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 1;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const only = (wanted: unknown, spec: JsonObject) => (value: unknown) => (sameJson(value, wanted) ? spec : undefined);
const harden = (field: HardenFieldId): JsonObject => ({ harden: [field] });
const require = (field: HardenFieldId) => (): JsonObject => ({ require: [field] });
const listOf = (value: unknown): JsonObject[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every(isJsonObject) ? value : undefined;

function hardened(path: string, value: unknown, field: HardenFieldId): Field {
  return { path: at(path), spec: only(value, harden(field)), replacing: require(field) };
}

function at(path: string): RegExp {
  return new RegExp(`^${path}$`);
}

/** In this order: the first whose path it is decides. */
const FIELDS: readonly Field[] = [
  hardened(`${EITHER}\\.runAsNonRoot`, true, 'runAsNonRoot'),
  hardened(`${EITHER}\\.seccompProfile`, { type: 'RuntimeDefault' }, 'seccompProfile'),
  hardened(`${CONTAINERS}\\.securityContext\\.allowPrivilegeEscalation`, false, 'allowPrivilegeEscalation'),
  hardened(`${CONTAINERS}\\.securityContext\\.readOnlyRootFilesystem`, true, 'readOnlyRootFilesystem'),
  hardened(`${CONTAINERS}\\.securityContext\\.capabilities\\.drop`, ['ALL'], 'capabilities'),
  hardened('spec\\.hostUsers', false, 'hostUsers'),
  ...(['runAsUser', 'runAsGroup'] as const).map(
    (field): Field => ({
      path: at(`${EITHER}\\.${field}`),
      spec: (value) => (isId(value) ? { identity: { [field]: value } } : undefined),
    }),
  ),
  {
    path: at('spec\\.securityContext\\.fsGroup'),
    spec: (value) => (isId(value) ? { identity: { fsGroup: value } } : undefined),
  },
  {
    path: at('spec\\.securityContext\\.fsGroupChangePolicy'),
    spec: (value) => ({ identity: { fsGroupChangePolicy: value } }),
  },
  {
    path: at('spec\\.securityContext\\.supplementalGroups'),
    spec: (value) =>
      Array.isArray(value) && value.length > 0 && value.every(isId)
        ? { identity: { supplementalGroups: value } }
        : undefined,
  },
  {
    path: at('spec\\.runtimeClassName'),
    spec: (value) => (isText(value) ? { runtime: { default: value } } : undefined),
    replacing: (value) => ({ runtime: { override: true, allowed: [value] } }),
  },
  {
    path: at('spec\\.automountServiceAccountToken'),
    spec: only(false, { serviceAccount: { automountToken: false } }),
    replacing: () => ({ serviceAccount: { override: true } }),
    adding: { checks: { automountToken: { validationActions: ['Audit'] } } },
  },
  {
    path: at('spec\\.priorityClassName'),
    spec: (value) => (isText(value) ? { scheduling: { defaultPriorityClass: value } } : undefined),
    replacing: (value) => ({ scheduling: { allowedPriorityClasses: [value] } }),
  },
  {
    path: at('spec\\.nodeSelector\\.([^.].*)'),
    spec: (value, key) => (isText(value) ? { scheduling: { addNodeSelector: { [key]: value } } } : undefined),
  },
  {
    path: at('spec\\.tolerations'),
    spec: (value) => listOf(value) && { scheduling: { addTolerations: listOf(value) } },
  },
  {
    path: at('spec\\.dnsPolicy'),
    spec: (value) => (isText(value) ? { network: { dns: { defaultPolicy: value } } } : undefined),
  },
  {
    path: at('spec\\.dnsConfig'),
    spec: (value) => (isJsonObject(value) ? { network: { dns: { defaultConfig: value } } } : undefined),
  },
  {
    path: at('spec\\.hostAliases'),
    spec: (value) => listOf(value) && { network: { hostAliases: { add: listOf(value) } } },
  },
  {
    path: at('spec\\.imagePullSecrets'),
    spec: (value) => {
      const names = listOf(value)?.map(({ name }) => name);
      return names?.every(isText) ? { images: { addPullSecrets: names } } : undefined;
    },
  },
  {
    path: at('spec\\.activeDeadlineSeconds'),
    spec: (value) => (isId(value) ? { lifecycle: { activeDeadlineSeconds: { default: value } } } : undefined),
  },
  {
    path: at(`${CONTAINERS}\\.imagePullPolicy`),
    spec: (value) => (value === 'Always' || value === 'Never' ? { images: { defaultPullPolicy: value } } : undefined),
    replacing: (value) => ({ images: { requiredPullPolicy: value } }),
  },
  {
    path: at(`${CONTAINERS}\\.resources\\.(requests|limits)\\.(cpu|memory|ephemeral-storage)`),
    spec: (value, key) => {
      const [kind = '', resource = ''] = key.split('.');
      return isText(value) || isId(value) ? { resources: { defaults: { [kind]: { [resource]: value } } } } : undefined;
    },
  },
  {
    path: at(`${CONTAINERS}\\.env`),
    spec: (value) => {
      const list = listOf(value);
      const isPlain = list?.every((one) => Object.keys(one).every((key) => key === 'name' || key === 'value'));
      return list && isPlain ? { env: { add: list } } : undefined;
    },
  },
  ...(['labels', 'annotations'] as const).map(
    (kind): Field => ({
      path: at(`metadata\\.${kind}\\.([^.].*)`),
      spec: (value, key) =>
        typeof value === 'string' ? { metadata: { [kind]: { add: { [key]: value } } } } : undefined,
      replacing: () => ({}),
      adding: { checks: { addedMetadata: { validationActions: ['Audit'] } } },
    }),
  ),
];

/** Collects what is filled in. */
export class FillIns {
  readonly notes: FillInNote[] = [];
  #spec: JsonObject = {};

  get isEmpty(): boolean {
    return Object.keys(this.#spec).length === 0;
  }

  /**
   * Adds a field of a pod; false where nothing fills it in, or something else is filled in there already.
   * @param path its keys, where `[]` stands for every entry of a list
   */
  add(path: readonly string[], value: unknown, { keys, replaces }: SetBy): boolean {
    const text = path.join('.');
    const field = FIELDS.find((one) => one.path.test(text));
    const key = field?.path.exec(text)?.slice(1).join('.') ?? '';
    const part = field?.spec(value, key);
    if (!field || !part) return false;
    const beside = replaces ? field.replacing?.(value) : field.adding;
    const both = beside === undefined ? part : merge(part, beside);
    const merged = both && merge(this.#spec, both);
    if (!merged) return false;
    this.#spec = merged;
    if (replaces) {
      this.notes.push(
        field.replacing
          ? {
              keys,
              why: 'where somebody wrote something else, that is refused, or replaced with a warning',
              effect: 'stricter',
            }
          : { keys, why: 'filled in where it is missing: what somebody wrote is not replaced', effect: 'laxer' },
      );
    }
    return true;
  }

  /** The parts of a policy's spec that fill in. */
  spec(): JsonObject {
    const { identity, harden: fields, ...rest } = this.#spec;
    // A user and runAsNonRoot go together.
    if (!isJsonObject(identity) || identity.runAsUser === undefined || !Array.isArray(fields)) return this.#spec;
    if (!fields.includes('runAsNonRoot')) return this.#spec;
    const others = fields.filter((field) => field !== 'runAsNonRoot');
    return { ...rest, identity: { runAsNonRoot: true, ...identity }, ...(others.length > 0 && { harden: others }) };
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Both, or undefined where they say different things in one place. Lists are put together. */
export function merge(a: JsonObject, b: JsonObject): JsonObject | undefined {
  const both: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = both[key];
    if (known === undefined) both[key] = value;
    else if (isList(known) && isList(value)) {
      both[key] = [...known, ...value.filter((item) => !known.some((one) => sameJson(one, item)))];
    } else if (isJsonObject(known) && isJsonObject(value)) {
      const inside = merge(known, value);
      if (!inside) return undefined;
      both[key] = inside;
    } else if (!sameJson(known, value)) return undefined;
  }
  return both;
}
