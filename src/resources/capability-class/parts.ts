// The parts of an implementation that rules look at. Total: the document may have any shape.
import { at, eachAt, type Located, nameOf } from '../located.ts';

/** An implementation, taken apart. */
export interface Parts {
  readonly whole: Located;
  /** `rootless`; empty where it has no name. */
  readonly name: string;
  readonly template: Located;
  readonly grant: Located;
  readonly initContainers: readonly Located[];
  readonly containers: readonly Located[];
  /** Both of them, init containers first. */
  readonly allContainers: readonly Located[];
  readonly volumes: readonly Located[];
}

/** The implementations of a document, in order. */
export function partsOf(document: unknown): readonly Parts[] {
  const root: Located = { keys: [], value: document };
  return eachAt(root, 'spec', 'implementations').map((whole) => {
    const template = at(whole, 'template');
    const initContainers = eachAt(template, 'spec', 'initContainers');
    const containers = eachAt(template, 'spec', 'containers');
    return {
      whole,
      name: nameOf(whole) ?? '',
      template,
      grant: at(whole, 'grant'),
      initContainers,
      containers,
      allContainers: [...initContainers, ...containers],
      volumes: eachAt(template, 'spec', 'volumes'),
    };
  });
}

/** Everything that has a container's security context: the template's containers, and the grant. */
export function securityContexts({ allContainers, grant }: Parts): readonly Located[] {
  return [...allContainers, grant].map((owner) => at(owner, 'securityContext'));
}
