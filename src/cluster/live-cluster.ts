// Puts the live state together: the watches, the policies that follow from them, look-ups in between, and the status.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Prepare } from '../admission/prepare.ts';
import { bindingAsked, namespacesBound } from '../engine/binding.ts';
import { connectionAsked, podAsked } from '../engine/connection.ts';
import type { Gate, Surroundings } from '../engine/gate.ts';
import { asksInVain } from '../engine/grants/asks-in-vain.ts';
import { locate } from '../engine/locate.ts';
import type { Subject } from '../model/subject.ts';
import type { PolicySet } from '../policy/policy.ts';
import { OWN_KINDS } from '../resources/index.ts';
import { ISOLATION_POLICY } from '../resources/isolation-policy/index.ts';
import type { KnownResources, OwnKind } from '../resources/kind.ts';
import { knownIn, openSnapshot, type Snapshot } from '../resources/snapshot.ts';
import { RuntimeFacts } from '../rules/cluster-facts.ts';
import type { ApiClient } from './api/client.ts';
import { Authorization, type KeptAnswers, reviewsBy } from './authorization/authorization.ts';
import { prepareGrants, prepareTogether } from './authorization/prepare-grants.ts';
import type { Cluster, ClusterCondition, ClusterEvents } from './cluster.ts';
import { notSynced, onceTrue } from './first-list.ts';
import { FollowedKind, type FollowedKindOptions } from './followed-kind.ts';
import { FreshResources } from './fresh-resources.ts';
import { NamespaceLookup } from './namespace-lookup.ts';
import { knowingPod, PodLookup } from './pod-lookup.ts';
import { RuntimeClassWarnings } from './runtime-class-warning.ts';
import { Namespaces } from './state/namespaces.ts';
import { Nodes } from './state/nodes.ts';
import { OwnResources } from './state/own-resources.ts';
import { RuntimeClasses } from './state/runtime-classes.ts';
import type { StatusTiming } from './status-writer.ts';
import { ListWatch, type WatchTiming } from './watch/list-watch.ts';
import { NAMESPACES, NODES, ownResource, RUNTIME_CLASSES, type WatchedResource } from './watch/resource.ts';
import type { Sink } from './watch/sink.ts';
import type { WatchState } from './watch/watch-state.ts';
import { type UninstallNotice, withdraw } from './withdrawal.ts';

/** How long a review waits for its namespace: well within the 5 s and 2 s that the webhooks are given. */
const PATIENCE_MS = { validate: 1000, mutate: 500 } as const;

/** How many namespaces one binding has looked up: anybody may write any into it. */
const MOST_NAMESPACES = 10;
/** How long a list of the policies may take that something depends on. */
const CONFIRM_MS = 10_000;

export interface LiveClusterOptions {
  readonly client: ApiClient;
  /** The policies of files, and the other resources there: in force whatever the cluster holds. */
  readonly staticPolicies: PolicySet;
  readonly enforcement: Gate['enforcement'];
  readonly implementations?: Gate['implementations'];
  readonly timing?: Partial<WatchTiming> | undefined;
  readonly statusTiming?: Partial<StatusTiming> | undefined;
  /** The kinds of workloads, as `Kind.group`, of which the API server sends reviews; undefined where nobody said. */
  readonly registeredKinds?: ReadonlySet<string> | undefined;
  /** The kinds whose webhooks this server may have to register first, until {@link Cluster.useAwaitedKinds} says otherwise. */
  readonly awaitedKinds?: ReadonlySet<string> | undefined;
  /** For how long the API server's answers about classes count. */
  readonly keptAnswers?: Partial<KeptAnswers> | undefined;
  readonly uninstallNotice?: UninstallNotice | undefined;
  /** {@link OWN_KINDS} by default. */
  readonly kinds?: readonly OwnKind[];
}

/** The live state of one cluster. */
export class LiveCluster implements Cluster {
  readonly server: string;
  readonly conditions: readonly ClusterCondition[];
  readonly prepare: Prepare;
  readonly withdraw: Cluster['withdraw'];
  readonly #surroundings: Surroundings;
  readonly #lookup: NamespaceLookup;
  readonly #namespaces = new Namespaces((name) => this.#lookup.forget(name));
  readonly #nodes = new Nodes(() => this.#facts.forget());
  readonly #runtimeClasses = new RuntimeClasses(() => {
    this.#facts.forget();
    this.#checkRuntimeClasses();
  });
  readonly #facts = new RuntimeFacts(
    (name) => this.#runtimeClasses.find(name),
    () => this.#nodes.all(),
  );
  readonly #runtimeClassWarnings = new RuntimeClassWarnings(this.#runtimeClasses, (...told) =>
    this.#events?.onMissingRuntimeClass(...told),
  );
  readonly #resources: OwnResources;
  readonly #followed: ReadonlyMap<OwnKind, FollowedKind>;
  readonly #watches: readonly ListWatch[];
  readonly #fresh: FreshResources;
  readonly #namespaceWatch: ListWatch;
  readonly #policyWatch: ListWatch | undefined;
  /** Not among the others: it begins when a policy first asks about nodes, and nothing waits for it. */
  readonly #nodeWatch: ListWatch;
  #followsNodes = false;
  #gate: Gate;
  #events: ClusterEvents | undefined;

  constructor(options: LiveClusterOptions) {
    const {
      client,
      staticPolicies,
      enforcement,
      implementations,
      timing,
      statusTiming,
      keptAnswers,
      registeredKinds,
      awaitedKinds,
      uninstallNotice: notice,
      kinds = OWN_KINDS,
    } = options;
    this.server = client.server;
    const onFault = (fault: unknown): void => this.#events?.onFault(fault);
    this.#lookup = new NamespaceLookup(client, (outcome, problem) => this.#events?.onLookup(outcome, problem));
    this.#resources = new OwnResources(kinds, openSnapshot(staticPolicies, registeredKinds, awaitedKinds), {
      onSnapshot: (snapshot, before) => this.#use(snapshot, before),
      onTouched: (kind, key) => this.#followed.get(kind)?.considerStatus(key),
      onFault,
    });
    const { objects } = this.#resources;
    const events = (): ClusterEvents | undefined => this.#events;
    this.#followed = new Map(
      [...objects].map(([kind, stored]) => {
        // Policies are the one kind whose status depends on what the cluster has besides objects of ours.
        const addTo: FollowedKindOptions['addTo'] = (verdict, object) =>
          kind === ISOLATION_POLICY ? this.#runtimeClassWarnings.addTo(verdict, object) : verdict;
        return [kind, new FollowedKind({ kind, objects: stored, client, events, addTo, statusTiming })];
      }),
    );
    this.withdraw = notice && (() => withdraw(client, notice, [...this.#followed.values()]));
    this.#surroundings = {
      namespaceLabels: (namespace) => this.#namespaces.labelsOf(namespace) ?? this.#lookup.labelsOf(namespace),
      namespaceAnnotations: (namespace) =>
        this.#namespaces.annotationsOf(namespace) ?? this.#lookup.annotationsOf(namespace),
      cluster: this.#facts,
    };
    this.#gate = { policies: staticPolicies, surroundings: this.#surroundings, enforcement, implementations };
    const authorization = new Authorization({
      create: reviewsBy(client),
      events: {
        onAsked: (...asked) => this.#events?.onAsked(...asked),
        onKnown: () => this.#events?.onKnown(),
      },
      kept: keptAnswers,
    });
    const prepareKnown = prepareTogether(this.#prepareNamespace, prepareGrants(authorization));
    const pods = new PodLookup(client, (outcome, problem) => this.#events?.onPodLookup(outcome, problem));
    this.prepare = (subject, gate, webhook) => {
      if (connectionAsked(subject, gate) !== undefined && webhook === 'validate') {
        const known = prepareKnown(subject, gate, webhook) ?? gate;
        const asked = { namespace: subject.namespace, name: podAsked(subject) };
        return Promise.all([known, pods.ask(asked)]).then(([knowing, pod]) => knowingPod(knowing, asked, pod));
      }
      return asksInVain(subject, gate)
        ? this.#prepareAsking(subject, gate, webhook, prepareKnown)
        : prepareKnown(subject, gate, webhook);
    };
    const listener = {
      onChange: (...told: Parameters<ClusterEvents['onWatch']>) => this.#events?.onWatch(...told),
      onFault,
    };
    const watch = (resource: WatchedResource, sink: Sink): ListWatch =>
      new ListWatch({ client, resource, sink, listener, timing });
    this.#nodeWatch = watch(NODES, this.#nodes);
    this.#namespaceWatch = watch(NAMESPACES, this.#namespaces);
    const own = [...objects].map(([kind, sink]) => ({ kind, watch: watch(ownResource(kind), sink) }));
    this.#policyWatch = own.find(({ kind }) => kind === ISOLATION_POLICY)?.watch;
    this.#fresh = new FreshResources(own.map((one) => one.watch));
    const [first, ...others] = own.map((one) => one.watch);
    this.#watches = [
      ...(first ? [first] : []),
      this.#namespaceWatch,
      watch(RUNTIME_CLASSES, this.#runtimeClasses),
      ...others,
    ];
    // Without classes less is let in, not more: a cluster that does not know such a kind can be judged all the same.
    const hasPolicies = staticPolicies.policies.length > 0;
    const dispensable = new Set(own.filter(({ kind }) => hasPolicies || !kind.isRequired).map((one) => one.watch));
    this.conditions = this.#watches.map((one) =>
      onceTrue(one.state.resource, () => notSynced(one.state, dispensable.has(one))),
    );
  }

  gate(): Gate {
    return this.#gate;
  }

  readonly #prepareNamespace: Prepare = (subject, gate, webhook) => {
    const { namespace } = subject;
    const { policies, surroundings } = gate;
    if (webhook === 'validate' && bindingAsked(subject, gate)) return this.#prepareBinding(subject, gate);
    // Annotations are judged, and nothing is filled in from them.
    const needsAnnotations = policies.needsNamespaceAnnotations && webhook === 'validate';
    if (namespace === '' || (!policies.needsNamespaceLabels && !needsAnnotations)) return undefined;
    const isKnown =
      (!policies.needsNamespaceLabels || surroundings.namespaceLabels(namespace) !== undefined) &&
      (!needsAnnotations || surroundings.namespaceAnnotations?.(namespace) !== undefined);
    const isJudged = connectionAsked(subject, gate) !== undefined || typeof locate(subject, gate) !== 'string';
    if (isKnown || !isJudged) return undefined;
    return this.#lookup.ask(namespace, PATIENCE_MS[webhook])?.then(() => gate);
  };

  /** The namespaces of its service accounts. Of those that stay unknown it is judged by every policy that may be about them. */
  #prepareBinding(subject: Subject, gate: Gate): Promise<Gate> | undefined {
    if (!gate.policies.needsNamespaceLabels) return undefined;
    const unknown = namespacesBound(subject).filter((name) => gate.surroundings.namespaceLabels(name) === undefined);
    const asked = unknown
      .slice(0, MOST_NAMESPACES)
      .flatMap((name) => this.#lookup.ask(name, PATIENCE_MS.validate) ?? []);
    return asked.length === 0 ? undefined : Promise.all(asked).then(() => gate);
  }

  /**
   * A pod that asks for a class which nobody grants: its namespace may have labels that are not known yet, and the policy that lists
   * the class may have been created a moment ago. Each is waited for once.
   */
  async #prepareAsking(...[subject, gate, webhook, prepareKnown]: [...Parameters<Prepare>, Prepare]): Promise<Gate> {
    const known = (await prepareKnown(subject, gate, webhook)) ?? gate;
    const fresh = asksInVain(subject, known) ? this.#fresh.ask(PATIENCE_MS[webhook]) : undefined;
    if (!fresh) return known;
    await fresh;
    const { policies } = this.#gate;
    if (policies === gate.policies) return known;
    const newer = { ...gate, policies };
    return (await prepareKnown(subject, newer, webhook)) ?? newer;
  }

  watches(): readonly WatchState[] {
    const watches = this.#followsNodes ? [...this.#watches, this.#nodeWatch] : this.#watches;
    return watches.map((watch) => watch.state);
  }

  refused(kind: OwnKind): number {
    return this.#followed.get(kind)?.refused ?? 0;
  }

  known(): KnownResources {
    return knownIn(this.#resources.snapshot);
  }

  useAwaitedKinds(kinds: ReadonlySet<string>): void {
    this.#resources.useAwaitedKinds(kinds);
  }

  async confirmPolicies(): Promise<boolean> {
    const watch = this.#policyWatch;
    if (!watch) return true;
    const { lists } = watch.state;
    await Promise.race([watch.refresh(), sleep(CONFIRM_MS, undefined, { ref: false })]);
    return watch.state.lists > lists || watch.state.absent;
  }

  start(events: ClusterEvents): void {
    this.#events = events;
    this.#keepAnnotations(this.#gate.policies);
    for (const watch of this.#watches) watch.start();
    this.#followNodes(this.#gate.policies);
  }

  stop(): void {
    for (const watch of [...this.#watches, this.#nodeWatch]) watch.stop();
    this.#resources.stop();
    for (const followed of this.#followed.values()) followed.stop();
  }

  #use(snapshot: Snapshot, before: Snapshot): void {
    const { policies } = snapshot;
    if (policies !== before.policies) {
      this.#gate = { ...this.#gate, policies };
      this.#followNodes(policies);
      if (this.#keepAnnotations(policies)) void this.#namespaceWatch.refresh();
      this.#events?.onPolicies(policies);
    }
    for (const followed of this.#followed.values()) followed.use(snapshot);
    for (const followed of this.#followed.values()) followed.checkReferences(snapshot);
    this.#runtimeClassWarnings.check(policies);
    for (const followed of this.#followed.values()) followed.considerStatuses();
  }

  /** Nodes are many, and change all the time: they are read only once a policy asks about them. */
  #followNodes({ policies }: PolicySet): void {
    if (this.#followsNodes || this.#events === undefined || !policies.some(({ needsFacts }) => needsFacts.nodes))
      return;
    this.#followsNodes = true;
    this.#nodeWatch.start();
  }

  /** True where policies read annotations of namespaces that have not been kept so far. */
  #keepAnnotations({ policies }: PolicySet): boolean {
    const keys = new Set(policies.flatMap(({ needsFacts }) => needsFacts.namespaceAnnotation ?? []));
    const isNew = this.#namespaces.keepAnnotations(keys);
    if (isNew) this.#lookup.keepAnnotations(keys);
    return isNew;
  }

  /** What policies say of RuntimeClasses is in their status. */
  #checkRuntimeClasses(): void {
    this.#runtimeClassWarnings.check(this.#gate.policies);
    this.#followed.get(ISOLATION_POLICY)?.considerStatuses();
  }
}
