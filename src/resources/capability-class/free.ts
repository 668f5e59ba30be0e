// Fields of a class's containers that a pod may have otherwise: another webhook writes them, such as the arguments of istio-init.

/** A field of a class's container. */
export interface FreeField {
  readonly list: string;
  readonly container: string;
  readonly field: string;
}

/**
 * Those that can be free. Not what decides which program runs and with which rights: the image, the command, probes and hooks,
 * the security context, mounts, devices and ports.
 */
export const FREE_FIELDS = [
  'args',
  'env',
  'imagePullPolicy',
  'resizePolicy',
  'resources',
  'stdin',
  'stdinOnce',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'tty',
  'workingDir',
] as const;

/** What a path of `free` names, such as `spec.initContainers[name=istio-init].args`; undefined where it names no such field. */
export function freeField(path: string): FreeField | undefined {
  const [, list, container, field] =
    /^spec\.(initContainers|containers)\[name=([a-z0-9-]{1,63})\]\.(\w+)$/.exec(path) ?? [];
  if (list === undefined || container === undefined || field === undefined) return undefined;
  return FREE_FIELDS.some((one) => one === field) ? { list, container, field } : undefined;
}
