// What a server that follows a cluster has to know before it can answer: a first whole list of everything it watches.
import type { ClusterCondition } from './cluster.ts';
import type { WatchState } from './watch/watch-state.ts';

/** A condition that holds for good once it did. */
export function onceTrue(name: string, ask: () => string | undefined): ClusterCondition {
  let held = false;
  return {
    name,
    problem() {
      if (held) return undefined;
      const problem = ask();
      held = problem === undefined;
      return problem;
    },
  };
}

/** What keeps the first list of a watch from being known; undefined once it is. */
export function notSynced(state: WatchState, mayBeAbsent: boolean): string | undefined {
  if (state.synced || (state.absent && mayBeAbsent)) return undefined;
  if (state.absent) {
    return `the cluster has no ${state.resource} (expected its CustomResourceDefinition, or policies in files with -p)`;
  }
  const why = state.problem === undefined ? '' : `: ${state.problem}`;
  return `${state.resource} are not known yet${why}`;
}
