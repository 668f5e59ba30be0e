// Agent Substrate: its own sandboxes run these containers, in pods that hold a pool of workers.
// Source: github.com/agent-substrate/substrate of 2026-06-30 (86e138f6), manifests/ate-install/generated.
import { containerFields, partial, sameFields } from '../form.ts';
import type { Workload } from '../workload.ts';
import { projectKind } from './project-kind.ts';

const GROUP = { group: 'ate.dev', versions: ['v1alpha1'] } as const;

export const agentSubstrate: readonly Workload[] = [
  projectKind({
    ...GROUP,
    kind: 'ActorTemplate',
    resource: 'actortemplates',
    partials: [partial('/spec', sameFields(['containers']))],
  }),
  projectKind({
    ...GROUP,
    kind: 'WorkerPool',
    resource: 'workerpools',
    partials: [
      partial('/spec', [
        { from: '/ateomImage', to: 'container.image', name: 'ateom' },
        ...containerFields('ateom', ['resources'], '/template'),
        ...sameFields(['nodeSelector', 'priorityClassName', 'tolerations'], '/template'),
      ]),
    ],
  }),
];
