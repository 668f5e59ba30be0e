// Puts the live state together: four watches, the policies that follow from them, look-ups in between, and the status.
import type { Prepare } from '../admission/prepare.ts';
import type { Gate, Surroundings } from '../engine/gate.ts';
import { locate } from '../engine/locate.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { ClassCatalog } from '../resources/isolation-policy/listed-classes.ts';
import { catalogOf, misfitsIn, type PolicyBook, type PolicyVerdict } from '../resources/snapshot.ts';
import type { ApiClient } from './api/client.ts';
import { Authorization, reviewsBy } from './authorization/authorization.ts';
import { prepareGrants, prepareTogether } from './authorization/prepare-grants.ts';
import type { Cluster, ClusterCondition, ClusterEvents, StatusObject } from './cluster.ts';
import { NamespaceLookup } from './namespace-lookup.ts';
import { runtimeClassOf, withWarning } from './runtime-class-warning.ts';
import { Namespaces } from './state/namespaces.ts';
import { Policies } from './state/own-resources.ts';
import { RuntimeClasses } from './state/runtime-classes.ts';
import type { StoredObjects } from './state/stored-objects.ts';
import { type StatusTiming, StatusWriter } from './status-writer.ts';
import { Verdicts } from './verdicts.ts';
import { ListWatch, type WatchTiming } from './watch/list-watch.ts';
import {
  CAPABILITY_CLASSES,
  ISOLATION_POLICIES,
  NAMESPACES,
  RUNTIME_CLASSES,
  type WatchedResource,
} from './watch/resource.ts';
import type { Sink } from './watch/sink.ts';
import type { WatchState } from './watch/watch-state.ts';

/** How long a review waits for its namespace: well within the 5 s and 2 s that the webhooks are given. */
const PATIENCE_MS = { validate: 1000, mutate: 500 } as const;

export interface LiveClusterOptions {
  readonly client: ApiClient;
  /** The policies of files: in force whatever the cluster holds. */
  readonly floor: PolicySet;
  readonly enforcement: Gate['enforcement'];
  readonly implementations?: Gate['implementations'];
  readonly timing?: Partial<WatchTiming> | undefined;
  readonly statusTiming?: Partial<StatusTiming> | undefined;
}

export class LiveCluster implements Cluster {
  readonly server: string;
  readonly conditions: readonly ClusterCondition[];
  readonly prepare: Prepare;
  readonly #surroundings: Surroundings;
  readonly #lookup: NamespaceLookup;
  readonly #namespaces = new Namespaces((name) => this.#lookup.forget(name));
  readonly #runtimeClasses = new RuntimeClasses(() => this.#checkRuntimeClasses());
  readonly #policies: Policies;
  readonly #status: StatusWriter;
  readonly #classStatus: StatusWriter;
  readonly #watches: readonly ListWatch[];
  readonly #verdicts = new Verdicts({
    onNews: (verdict) => this.#events?.onVerdict(verdict),
    onGone: (name) => this.#status.forget(name),
  });
  readonly #classVerdicts = new Verdicts({
    onNews: (verdict) => this.#events?.onClassVerdict(verdict),
    onGone: (name) => this.#classStatus.forget(name),
  });
  /** What was told of missing RuntimeClasses, by policy. */
  #missing: ReadonlyMap<string, string> = new Map();
  /** What was told of missing capability classes, by policy. */
  #misfits: ReadonlyMap<string, string> = new Map();
  #gate: Gate;
  #events: ClusterEvents | undefined;

  constructor(options: LiveClusterOptions) {
    const { client, floor, enforcement, implementations, timing, statusTiming } = options;
    this.server = client.server;
    const onFault = (fault: unknown): void => this.#events?.onFault(fault);
    this.#lookup = new NamespaceLookup(client, (outcome, problem) => this.#events?.onLookup(outcome, problem));
    this.#policies = new Policies(floor, {
      onBook: (book, before) => this.#use(book, before),
      onTouched: (name) => this.#status.consider(name),
      onClassTouched: (name) => this.#classStatus.consider(name),
      onFault,
    });
    const status = (
      kind: StatusObject['kind'],
      resource: WatchedResource,
      objects: StoredObjects,
      verdictOn: (name: string) => PolicyVerdict | undefined,
    ): StatusWriter =>
      new StatusWriter({
        client,
        resource,
        object: (name) => objects.get(name),
        verdictOn,
        onOutcome: (outcome, name, problem) => this.#events?.onStatus(outcome, { kind, name }, problem),
        onFault,
        timing: statusTiming,
      });
    const { objects, classes } = this.#policies;
    this.#status = status('policy', ISOLATION_POLICIES, objects, (name) => this.#verdictOn(name));
    this.#classStatus = status('class', CAPABILITY_CLASSES, classes, (name) => this.#classVerdicts.get(name));
    this.#surroundings = {
      namespaceLabels: (namespace) => this.#namespaces.labelsOf(namespace) ?? this.#lookup.labelsOf(namespace),
    };
    this.#gate = { policies: floor, surroundings: this.#surroundings, enforcement, implementations };
    const authorization = new Authorization({
      create: reviewsBy(client),
      events: {
        onAsked: (...asked) => this.#events?.onAsked(...asked),
        onKnown: () => this.#events?.onKnown(),
      },
    });
    this.prepare = prepareTogether(this.#prepareLabels, prepareGrants(authorization));
    const listener = {
      onChange: (...told: Parameters<ClusterEvents['onWatch']>) => this.#events?.onWatch(...told),
      onFault,
    };
    const watch = (resource: WatchedResource, sink: Sink): ListWatch =>
      new ListWatch({ client, resource, sink, listener, timing });
    const ofPolicies = watch(ISOLATION_POLICIES, objects);
    const ofClasses = watch(CAPABILITY_CLASSES, classes);
    this.#watches = [
      ofPolicies,
      watch(NAMESPACES, this.#namespaces),
      watch(RUNTIME_CLASSES, this.#runtimeClasses),
      ofClasses,
    ];
    // Without classes less is let in, not more: a cluster that does not know the kind can be judged all the same.
    const dispensable = new Set([ofClasses, ...(floor.policies.length > 0 ? [ofPolicies] : [])]);
    this.conditions = this.#watches.map((one) =>
      onceTrue(one.state.resource, () => notSynced(one.state, dispensable.has(one))),
    );
  }

  gate(): Gate {
    return this.#gate;
  }

  readonly #prepareLabels: Prepare = (subject, gate, webhook) => {
    const { namespace } = subject;
    if (!gate.policies.needsNamespaceLabels || namespace === '') return undefined;
    if (gate.surroundings.namespaceLabels(namespace) || typeof locate(subject, gate) === 'string') return undefined;
    return this.#lookup.ask(namespace, PATIENCE_MS[webhook])?.then(() => gate);
  };

  watches(): readonly WatchState[] {
    return this.#watches.map((watch) => watch.state);
  }

  refusedPolicies(): number {
    return this.#verdicts.refused;
  }

  refusedClasses(): number {
    return this.#classVerdicts.refused;
  }

  catalog(): ClassCatalog | undefined {
    return catalogOf(this.#policies.book);
  }

  start(events: ClusterEvents): void {
    this.#events = events;
    for (const watch of this.#watches) watch.start();
  }

  stop(): void {
    for (const watch of this.#watches) watch.stop();
    this.#policies.stop();
    this.#status.stop();
    this.#classStatus.stop();
  }

  #use(book: PolicyBook, before: PolicyBook): void {
    const { policies } = book;
    if (policies !== before.policies) {
      this.#gate = { ...this.#gate, policies };
      this.#events?.onPolicies(policies);
    }
    this.#verdicts.replace(book.verdicts);
    this.#classVerdicts.replace(book.classes.verdicts);
    for (const { name } of this.#classVerdicts.all) this.#classStatus.consider(name);
    this.#checkListedClasses(book);
    this.#checkRuntimeClasses();
  }

  /** Says which classes are missing now and were not before. */
  #checkListedClasses(book: PolicyBook): void {
    const misfits = misfitsIn(book);
    for (const [policy, problem] of misfits) {
      if (this.#misfits.get(policy) !== problem) this.#events?.onMissingClass(policy, problem);
    }
    this.#misfits = misfits;
  }

  /** Says what is missing now and was not before, of policies in files as well, and has every status looked at again. */
  #checkRuntimeClasses(): void {
    const before = this.#missing;
    const now = new Map<string, string>();
    this.#missing = now;
    for (const { name, runtimeClass } of this.#gate.policies.policies) {
      if (runtimeClass === undefined || !this.#runtimeClasses.isMissing(runtimeClass)) continue;
      now.set(name, runtimeClass);
      if (before.get(name) !== runtimeClass) this.#events?.onMissingRuntimeClass(name, runtimeClass);
    }
    for (const { name } of this.#verdicts.all) this.#status.consider(name);
  }

  #verdictOn(name: string): PolicyVerdict | undefined {
    const verdict = this.#verdicts.get(name);
    return verdict && withWarning(verdict, this.#missingFor(name));
  }

  #missingFor(name: string): string | undefined {
    const object = this.#policies.objects.get(name);
    const runtimeClass = object && runtimeClassOf(object);
    return runtimeClass !== undefined && this.#runtimeClasses.isMissing(runtimeClass) ? runtimeClass : undefined;
  }
}

/** A condition that holds for good once it did. */
function onceTrue(name: string, ask: () => string | undefined): ClusterCondition {
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

function notSynced(state: WatchState, mayBeAbsent: boolean): string | undefined {
  if (state.synced || (state.absent && mayBeAbsent)) return undefined;
  if (state.absent) {
    return `the cluster has no ${state.resource} (expected its CustomResourceDefinition, or policies in files with -p)`;
  }
  const why = state.problem === undefined ? '' : `: ${state.problem}`;
  return `${state.resource} are not known yet${why}`;
}
