// Every way to change one thing of what a class put into a pod: each value changed or removed, each object and list added to,
// each list turned round.
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import { asObject, listOf } from './shipped.ts';

type Path = readonly (string | number)[];

export interface Edit {
  readonly what: string;
  readonly path: Path;
  /** What takes the place of what is there; undefined takes it away. */
  readonly value: unknown;
}

/** What an implementation consists of. */
export interface Injected {
  /** Of its containers and volumes. */
  readonly names: ReadonlySet<string>;
  readonly podFields: JsonObject;
  readonly grant: JsonObject;
}

/** The edits of everything in the pod that is the class's; the container `app` is the one it was granted to. */
export function editsOf(pod: JsonObject, { names, podFields, grant }: Injected): readonly Edit[] {
  const edits: Edit[] = [];
  for (const list of ['initContainers', 'containers', 'volumes']) {
    for (const [index, member] of listOf(pod, list).entries()) {
      const path = ['spec', list, index];
      if (names.has(String(member.name))) {
        edits.push(edit(path, undefined), ...changesIn(path, member));
        if (list !== 'volumes') edits.push(...additionsTo(path, member));
      }
      if (list !== 'volumes' && member.name === 'app') edits.push(...lossesOf(path, member, grant));
    }
  }
  return [...edits, ...lossesOf(['spec'], pod.spec, podFields)];
}

/** Edits of those fields of the workload's own that the class sets: what else is in them, and their order, is the workload's. */
function lossesOf(path: Path, value: unknown, set: JsonObject): Edit[] {
  return Object.entries(set).flatMap(([key, member]) => {
    if (key === 'containers') return [];
    const at = [...path, key];
    const found = asObject(value)[key];
    if (isJsonObject(member)) return lossesOf(at, found, member);
    return changesIn(at, found).filter(({ what }) => !/^(add|reverse) /.test(what));
  });
}

/** The pod with one edit. */
export function edited(pod: JsonObject, { path, value }: Edit): JsonObject {
  return asObject(put(pod, path, value));
}

function put(target: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (isList(target)) {
    const members = [...target];
    const member = put(members[Number(key)], rest, value);
    if (member === undefined) members.splice(Number(key), 1);
    else members[Number(key)] = member;
    return members;
  }
  const fields: Record<string, unknown> = { ...asObject(target) };
  const member = put(fields[key], rest, value);
  if (member === undefined) delete fields[key];
  else fields[key] = member;
  return fields;
}

function changesIn(path: Path, value: unknown): Edit[] {
  // An empty text is the same as none, to the API server.
  if (value === '') return [];
  if (isList(value)) {
    const members = value.flatMap((member, index) => changesIn([...path, index], member));
    const reversed = value.length > 1 ? [edit(path, value.toReversed(), 'reverse')] : [];
    return [...members, ...reversed, edit(path, undefined), edit(path, [...value, like(value[0])], 'add to')];
  }
  if (isJsonObject(value)) {
    const fields = Object.entries(value).flatMap(([key, member]) => changesIn([...path, key], member));
    const isEmpty = Object.keys(value).length === 0;
    return [...fields, edit(path, isEmpty ? { more: 'x' } : undefined), edit([...path, 'more'], 'x', 'add')];
  }
  return [edit(path, undefined), edit(path, like(value), 'change')];
}

/** Another value of the same kind. */
function like(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return isJsonObject(value) ? { ...value, name: 'other', mountPath: '/other' } : 'x';
}

/** Fields that a container can have and that would make another thing of it. */
function additionsTo(path: Path, container: JsonObject): Edit[] {
  const hook = { exec: { command: ['sh', '-c', 'true'] } };
  const additions: readonly [string, unknown][] = [
    ['workingDir', '/tmp'],
    ['stdin', true],
    ['tty', true],
    ['ports', [{ containerPort: 2375 }]],
    ['envFrom', [{ secretRef: { name: 's' } }]],
    ['env', [{ name: 'DOCKER_OPTS', value: '-H tcp://0.0.0.0:2375' }]],
    ['lifecycle', { postStart: hook }],
    ['livenessProbe', hook],
    ['readinessProbe', hook],
    ['startupProbe', hook],
    ['command', ['sh']],
    ['args', ['-c', 'true']],
    ['volumeMounts', [{ name: 'other', mountPath: '/other' }]],
    ['volumeDevices', [{ name: 'other', devicePath: '/dev/other' }]],
    ['terminationMessagePath', '/etc/passwd'],
    ['imagePullPolicy', 'Never'],
    ['resizePolicy', [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }]],
    ['securityContext', { ...asObject(container.securityContext), seLinuxOptions: { type: 'spc_t' } }],
  ];
  return additions.map(([key, value]) => {
    const had = container[key];
    return edit([...path, key], isList(had) && isList(value) ? [...had, ...value] : value, 'add');
  });
}

function edit(path: Path, value: unknown, verb = 'remove'): Edit {
  return { what: `${verb} ${path.join('.')}`, path, value };
}

/** `Array.isArray` makes a list of anything of what may be one. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
