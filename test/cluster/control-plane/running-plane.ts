// What a test holds of a running control plane: clients, files, and the switches for its faults.
import { cpSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { type JsonObject, ownField, stringField } from '../../../src/model/json.ts';
import { startApiServer } from './api-server.ts';
import { readAuditEvents } from './audit.ts';
import type { Binaries } from './binaries.ts';
import { startControllerManager } from './controller-manager.ts';
import type { Credentials } from './credentials.ts';
import { Discovery } from './discovery.ts';
import { startEtcd } from './etcd.ts';
import { expectOk } from './expect-ok.ts';
import type { Guard } from './guard.ts';
import { KubeClient } from './kube-client.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { type KubectlOptions, type KubectlResult, runKubectl } from './kubectl.ts';
import type { Part } from './part.ts';
import type { Services } from './services.ts';

const PROBE_TIMEOUT_MS = 2000;

/** What a plane is started from. */
export interface Foundation {
  readonly folder: string;
  readonly guard: Guard;
  readonly binaries: Binaries;
  readonly credentials: Credentials;
  /** Of the API server, of etcd for clients, of etcd for its peers. */
  readonly ports: readonly number[];
  readonly auditFlags: readonly string[];
  /** By which more admission plugins are on. */
  readonly pluginFlags: readonly string[];
  readonly services: Services | undefined;
}

/** Who a kubeconfig speaks for: the bearer of a token, or a user that the admin acts as. */
export interface Identity {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly token?: string;
}

/** Made by `startControlPlane`. */
export class ControlPlane {
  /** `https://127.0.0.1:PORT`, the same after a restart. */
  readonly url: string;
  /** PEM that signs the API server's certificate. */
  readonly ca: string;
  /** Temporary: gone after `stop`. */
  readonly folder: string;
  /** In `system:masters`. */
  readonly admin: KubeClient;
  readonly #on: Foundation;
  readonly #agent: Agent;
  readonly #discovery: Discovery;
  readonly #adminKubeconfig: string;
  readonly #parts = new Map<string, Part>();

  constructor(foundation: Foundation) {
    this.#on = foundation;
    this.url = `https://127.0.0.1:${foundation.ports[0]}`;
    this.ca = foundation.credentials.ca;
    this.folder = foundation.folder;
    this.#agent = new Agent({ ca: this.ca, keepAlive: true });
    this.#discovery = new Discovery((path) => this.admin.request('GET', path));
    this.admin = this.#client({});
    this.#adminKubeconfig = this.#writeKubeconfig(foundation.credentials.adminToken);
  }

  /** Starts all parts, each when the one it needs is ready. */
  async start(withControllers: boolean): Promise<void> {
    const { binaries, folder, guard, credentials } = this.#on;
    await this.#startEtcd();
    await this.startApiServer();
    if (!withControllers) return;
    const binary = binaries.kubeControllerManager;
    if (binary === undefined) {
      throw new Error(
        'this test needs kube-controller-manager: put it into KUBEBUILDER_ASSETS, or install Go 1.26 or newer',
      );
    }
    const kubeconfig = this.#writeKubeconfig(credentials.controllerManagerToken);
    const isReady = (): Promise<boolean> => this.#exists('/api/v1/namespaces/default/serviceaccounts/default');
    this.#keep(await startControllerManager({ binary, folder, guard, credentials, kubeconfig, isReady }));
  }

  /** The network between the API server and Services. */
  get services(): Services {
    const { services } = this.#on;
    if (services) return services;
    throw new Error('no Service leads anywhere: start the control plane with { services: true }');
  }

  /** A client that acts as a user: that is whom RBAC and admission see. A service account's groups come by themselves. */
  as(user: string, groups: readonly string[] = []): KubeClient {
    return this.#client({ 'impersonate-user': user, ...(groups.length > 0 && { 'impersonate-group': [...groups] }) });
  }

  /** The path of a kubeconfig file: the admin's where nothing else is said. */
  kubeconfig({ user, groups = [], token }: Identity = {}): string {
    if (user === undefined && token === undefined) return this.#adminKubeconfig;
    const impersonate = user === undefined ? undefined : { user, groups };
    return this.#writeKubeconfig(token ?? this.#on.credentials.adminToken, impersonate);
  }

  /** A new token of a service account, by TokenRequest. */
  async tokenFor(namespace: string, serviceAccount: string): Promise<string> {
    const of = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: serviceAccount };
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { body } = await expectOk(this.admin.create(request, { of, subresource: 'token' }));
    const token = stringField(ownField(body, 'status'), 'token');
    if (token === undefined) throw new Error('the TokenRequest came back without a token');
    return token;
  }

  /** Runs the real kubectl as the admin, or as whom the admin acts. */
  kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    const { folder, binaries } = this.#on;
    return runKubectl({ binary: binaries.kubectl, kubeconfig: this.#adminKubeconfig, folder }, args, options);
  }

  /** The audit log so far, reads left out. The server writes an event after it has answered: poll for what you expect. */
  async auditEvents(): Promise<readonly JsonObject[]> {
    if (this.#on.auditFlags.length === 0) throw new Error('no audit log: start the control plane with { audit: true }');
    return await readAuditEvents(this.folder);
  }

  /** The process ids of the running parts, by name. */
  pids(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#parts.values()].map((part) => [part.name, part.pid]));
  }

  /** The last lines a part logged: for finding out what a test met. */
  logTail(part: 'etcd' | 'kube-apiserver' | 'kube-controller-manager'): string {
    return this.#part(part).logTail();
  }

  /** Ends the API server as a crash does: at once. */
  async stopApiServer(): Promise<void> {
    const part = this.#part('kube-apiserver');
    this.#parts.delete(part.name);
    await part.kill();
    // Kept connections lead nowhere now.
    this.#agent.destroy();
  }

  /** Starts it again, on the same port and data, and resolves when it is ready. */
  async startApiServer(): Promise<void> {
    const { binaries, folder, guard, credentials, ports, auditFlags, pluginFlags, services } = this.#on;
    const [port = 0, etcdPort = 0] = ports;
    const serviceFlags = services ? [`--egress-selector-config-file=${services.configFile}`] : [];
    const moreFlags = [...auditFlags, ...pluginFlags, ...serviceFlags];
    const isReady = (): Promise<boolean> => this.#isServing();
    const binary = binaries.kubeApiserver;
    this.#keep(await startApiServer({ binary, folder, guard, port, etcdPort, credentials, moreFlags, isReady }));
  }

  /** Keeps a copy of all that is stored, which {@link restore} goes back to. The API server is away meanwhile. */
  async backUp(): Promise<void> {
    await this.#withoutEtcd((data, copy) => cpSync(data, copy, { recursive: true }));
  }

  /** Makes what is stored what it was when it was backed up: the versions of objects go back, too. */
  async restore(): Promise<void> {
    await this.#withoutEtcd((data, copy) => {
      rmSync(data, { recursive: true });
      cpSync(copy, data, { recursive: true });
    });
  }

  /** Freezes etcd: the API server goes on without answering. */
  pauseEtcd(): void {
    this.#part('etcd').signal('SIGSTOP');
  }

  resumeEtcd(): void {
    this.#part('etcd').signal('SIGCONT');
  }

  /** Ends all parts and removes the folder. */
  async stop(): Promise<void> {
    this.#agent.destroy();
    const parts = [...this.#parts.values()];
    this.#parts.clear();
    await Promise.all(parts.map((part) => part.kill()));
    this.#on.services?.close();
    await this.#on.guard.close();
  }

  #client(identity: Readonly<Record<string, string | string[]>>): KubeClient {
    const headers = { authorization: `Bearer ${this.#on.credentials.adminToken}`, ...identity };
    return new KubeClient({ url: this.url, agent: this.#agent, headers }, this.#discovery);
  }

  #writeKubeconfig(token: string, impersonate?: { readonly user: string; readonly groups: readonly string[] }): string {
    return writeKubeconfig({
      folder: this.folder,
      url: this.url,
      ca: this.ca,
      token,
      ...(impersonate && { impersonate }),
    });
  }

  async #startEtcd(): Promise<void> {
    const { binaries, folder, guard } = this.#on;
    const [, clientPort = 0, peerPort = 0] = this.#on.ports;
    this.#keep(await startEtcd({ binary: binaries.etcd, folder, guard, clientPort, peerPort }));
  }

  /** Does something to the folder of etcd, or with a copy of it, while nobody else does. */
  async #withoutEtcd(act: (data: string, copy: string) => void): Promise<void> {
    await this.stopApiServer();
    const part = this.#part('etcd');
    this.#parts.delete(part.name);
    await part.kill();
    act(join(this.folder, 'etcd'), join(this.folder, 'etcd-copy'));
    await this.#startEtcd();
    await this.startApiServer();
  }

  /** Ready by its own word, and done with the namespaces it makes after that. */
  async #isServing(): Promise<boolean> {
    return (await this.#exists('/readyz')) && (await this.#exists('/api/v1/namespaces/default'));
  }

  async #exists(path: string): Promise<boolean> {
    const { status } = await this.admin.request('GET', path, undefined, { timeoutMs: PROBE_TIMEOUT_MS });
    return status === 200;
  }

  #keep(part: Part): void {
    this.#parts.set(part.name, part);
  }

  #part(name: string): Part {
    const part = this.#parts.get(name);
    if (part) return part;
    throw new Error(`${name} is not running`);
  }
}
