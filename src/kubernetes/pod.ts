// The part of a pod that Sandgate reads. Everything is optional and may be null: this is what users send, before or
// without API validation. Fields not named here pass through untouched.

/** Labels or annotations. Read with {@link Object.hasOwn}: a key may be `constructor`. */
export type StringMap = Readonly<Record<string, string>>;

export interface ObjectMeta {
  readonly name?: string | null;
  readonly generateName?: string | null;
  readonly namespace?: string | null;
  readonly labels?: StringMap | null;
  readonly annotations?: StringMap | null;
  readonly deletionTimestamp?: string | null;
}

/** AppArmor and seccomp profiles have the same two fields that matter. */
export interface Profile {
  readonly type?: string | null;
  readonly localhostProfile?: string | null;
}

export interface SELinuxOptions {
  readonly type?: string | null;
  readonly user?: string | null;
  readonly role?: string | null;
  readonly level?: string | null;
}

export interface WindowsOptions {
  readonly hostProcess?: boolean | null;
}

/** The fields that pod and container security contexts share. */
export interface SharedSecurityContext {
  readonly appArmorProfile?: Profile | null;
  readonly seccompProfile?: Profile | null;
  readonly seLinuxOptions?: SELinuxOptions | null;
  readonly windowsOptions?: WindowsOptions | null;
  readonly runAsNonRoot?: boolean | null;
  readonly runAsUser?: number | null;
  readonly runAsGroup?: number | null;
}

export interface PodSecurityContext extends SharedSecurityContext {
  readonly fsGroup?: number | null;
  readonly fsGroupChangePolicy?: string | null;
  readonly supplementalGroups?: readonly number[] | null;
  readonly sysctls?: readonly Sysctl[] | null;
}

export interface Sysctl {
  readonly name?: string | null;
  readonly value?: string | null;
}

export interface Capabilities {
  readonly add?: readonly string[] | null;
  readonly drop?: readonly string[] | null;
}

export interface SecurityContext extends SharedSecurityContext {
  readonly allowPrivilegeEscalation?: boolean | null;
  readonly capabilities?: Capabilities | null;
  readonly privileged?: boolean | null;
  readonly procMount?: string | null;
  readonly readOnlyRootFilesystem?: boolean | null;
}

export interface ContainerPort {
  readonly containerPort?: number | null;
  readonly hostPort?: number | null;
}

/** A probe or a lifecycle handler: both can be pointed at another host. */
export interface Handler {
  readonly httpGet?: { readonly host?: string | null } | null;
  readonly tcpSocket?: { readonly host?: string | null } | null;
}

export interface Lifecycle {
  readonly postStart?: Handler | null;
  readonly preStop?: Handler | null;
}

/** A container of any of the three lists. */
export interface Container {
  readonly name?: string | null;
  readonly image?: string | null;
  readonly ports?: readonly ContainerPort[] | null;
  readonly livenessProbe?: Handler | null;
  readonly readinessProbe?: Handler | null;
  readonly startupProbe?: Handler | null;
  readonly lifecycle?: Lifecycle | null;
  readonly securityContext?: SecurityContext | null;
  readonly volumeDevices?: readonly unknown[] | null;
}

/** A volume: its name, and the source under the key that names the volume type. */
export interface Volume {
  readonly name?: string | null;
  readonly [source: string]: unknown;
}

export interface PodSpec {
  readonly containers?: readonly Container[] | null;
  readonly initContainers?: readonly Container[] | null;
  readonly ephemeralContainers?: readonly Container[] | null;
  readonly volumes?: readonly Volume[] | null;
  readonly securityContext?: PodSecurityContext | null;
  readonly os?: { readonly name?: string | null } | null;
  readonly hostNetwork?: boolean | null;
  readonly hostPID?: boolean | null;
  readonly hostIPC?: boolean | null;
  readonly hostUsers?: boolean | null;
  readonly runtimeClassName?: string | null;
  readonly serviceAccountName?: string | null;
}

/** A pod, or the template of one: metadata and spec. */
export interface PodTemplate {
  readonly metadata?: ObjectMeta | null;
  readonly spec?: PodSpec | null;
}
