// One set of roles and bindings, created for real and read from a file: both are asked the same questions.

import { accessReview, answerOf } from '../../../src/cluster/authorization/access-review.ts';
import { parseFiles } from '../../../src/library/offline/objects.ts';
import type { Authorizer } from '../../../src/library/offline/rbac/authorizer.ts';
import { authorizerFrom } from '../../../src/library/offline/rbac/from-objects.ts';
import type { UserInfo } from '../../../src/model/subject.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { waitFor } from '../control-plane/wait-for.ts';

export const RBAC_V1 = 'rbac.authorization.k8s.io/v1';
const API_GROUP = 'rbac.authorization.k8s.io';
const AT_A_TIME = 16;

export interface Question {
  readonly user: UserInfo;
  readonly className: string;
  readonly namespace: string;
}

/** A binding of a role that is named, in one of the four ways there are. */
export function bindingOf(kind: 'Role' | 'ClusterRole', name: string, of: object, subjects: readonly object[]): object {
  const roleRef = { apiGroup: API_GROUP, kind, name };
  const isLocal = 'namespace' in of;
  return { apiVersion: RBAC_V1, kind: isLocal ? 'RoleBinding' : 'ClusterRoleBinding', metadata: of, roleRef, subjects };
}

export function roleOf(metadata: object, rules: readonly object[], more: object = {}): object {
  return { apiVersion: RBAC_V1, kind: 'namespace' in metadata ? 'Role' : 'ClusterRole', metadata, rules, ...more };
}

/** The objects as the command line reads them. */
export function offlineAuthorizer(objects: readonly object[], namespace: string): Authorizer {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { files, problems } = parseFiles([{ file: 'rbac.json', text }]);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const all = files.flatMap((file) => file.documents.flatMap((document) => document.objects));
  return authorizerFrom(all, namespace, (line) => {
    throw new Error(line);
  });
}

export async function createAll(plane: ControlPlane, objects: readonly object[]): Promise<void> {
  await inBatches(objects, async (object) => void (await expectOk(plane.admin.create(object))));
}

/** What the real authorizer says. */
export async function askForReal(plane: ControlPlane, question: Question): Promise<'allowed' | 'denied'> {
  const { body } = await expectOk(
    plane.admin.request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', accessReview(question)),
  );
  return answerOf(body);
}

/**
 * Waits until the authorizer has seen everything that was created up to now: its caches, one for each kind, follow behind.
 * What it has then not seen it never will.
 */
export async function untilSeen(plane: ControlPlane, namespace: string, marker: string): Promise<void> {
  const rules = [{ apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] }];
  const local = { kind: 'User', apiGroup: API_GROUP, name: `${marker}-local` };
  const global = { ...local, name: `${marker}-global` };
  const within = { namespace, name: marker };
  await createAll(plane, [roleOf(within, rules), roleOf({ name: marker }, rules)]);
  await createAll(plane, [
    bindingOf('Role', marker, within, [local]),
    bindingOf('ClusterRole', marker, { name: marker }, [global]),
  ]);
  for (const { name } of [local, global]) {
    const question = { user: { username: name, groups: [] }, className: marker, namespace };
    await waitFor(async () => (await askForReal(plane, question)) === 'allowed', {
      within: 30_000,
      what: `the authorizer has seen the binding of ${name}`,
    });
  }
}

/** The questions to which the two give different answers, in words. */
export async function disagreements(
  plane: ControlPlane,
  offline: Authorizer,
  questions: readonly Question[],
): Promise<string[]> {
  const found: string[] = [];
  await inBatches(questions, async (question) => {
    const { user, className, namespace } = question;
    const real = await askForReal(plane, question);
    const ours = offline(user, className, namespace) ? 'allowed' : 'denied';
    if (real !== ours) found.push(`${JSON.stringify(question)}: ${ours} offline, ${real} by the API server`);
  });
  return found;
}

export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_A_TIME) {
    await Promise.all(items.slice(start, start + AT_A_TIME).map(work));
  }
}
