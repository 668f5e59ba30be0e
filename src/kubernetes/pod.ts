// A pod, as Kubernetes has it: every field of the table of pod fields. Everything is optional and may be null: this is what
// users send, before or without API validation. Fields that the table does not have pass through untouched.
import type { FieldsOf, VolumeFields } from './field-type.ts';

/** Labels or annotations. Read with {@link Object.hasOwn}: a key may be `constructor`. */
export type StringMap = Readonly<Record<string, string>>;

export interface ObjectMeta extends FieldsOf<'ObjectMeta'> {}

/** AppArmor and seccomp profiles have the same two fields. */
export interface Profile extends FieldsOf<'SeccompProfile'> {}

export interface SELinuxOptions extends FieldsOf<'SELinuxOptions'> {}

export interface PodSecurityContext extends FieldsOf<'PodSecurityContext'> {}

export interface SecurityContext extends FieldsOf<'SecurityContext'> {}

/** A probe or a lifecycle handler: both can be pointed at another host. */
export interface Handler extends Pick<FieldsOf<'LifecycleHandler'>, 'httpGet' | 'tcpSocket'> {}

/** A container of any of the three lists. */
export interface Container extends FieldsOf<'Container'> {}

/** A volume: its name, and the source under the key that names the volume type. */
export interface Volume extends VolumeFields {}

export interface PodSpec extends FieldsOf<'PodSpec'> {}

/** A pod, or the template of one: metadata and spec. */
export interface PodTemplate extends FieldsOf<'PodTemplateSpec'> {}
