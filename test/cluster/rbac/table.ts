// Every kind of rule, bound in every way to every kind of subject: each row has subjects of its own, so that rows do not
// help each other out.
import { serviceAccountGroups, serviceAccountUser } from '../../../src/kubernetes/service-account.ts';
import { bindingOf, type Question, roleOf } from './compare.ts';

const USE = { apiGroups: ['sandgate.dev'], resources: ['capabilityclasses'], verbs: ['use'] };

const RULES: readonly (readonly object[])[] = [
  [USE],
  [],
  [{ ...USE, verbs: ['*'] }],
  [{ ...USE, verbs: ['get', 'create'] }],
  [{ ...USE, verbs: ['USE'] }],
  [{ ...USE, apiGroups: ['*'] }],
  [{ ...USE, apiGroups: ['', 'apps'] }],
  [{ ...USE, apiGroups: ['sandgate.dev/v1alpha1'] }],
  [{ ...USE, resources: ['*'] }],
  [{ ...USE, resources: ['*/*', 'capabilityclasses/*', '*/status'] }],
  [{ ...USE, resources: ['capabilityclasses.sandgate.dev', 'capabilityclass', 'isolationpolicies'] }],
  [{ ...USE, resourceNames: ['docker'] }],
  [{ ...USE, resourceNames: ['nsjail', 'docker'] }],
  [{ ...USE, resourceNames: ['*', ''] }],
  [{ ...USE, resourceNames: ['nsjail'] }],
  [
    { ...USE, verbs: ['get'] },
    { ...USE, resources: ['pods'] },
  ],
  [{ ...USE, verbs: ['get'] }, USE],
];

/** How a role can be bound. */
const WAYS = ['Role', 'ClusterRole here', 'ClusterRole everywhere'] as const;

const SUBJECTS = ['User', 'Group', 'ServiceAccount', 'ServiceAccount elsewhere', 'all of a namespace'] as const;

export interface Table {
  readonly objects: readonly object[];
  readonly questions: readonly Question[];
}

/** The whole table, in two namespaces that exist. */
export function tableOf(here: string, elsewhere: string): Table {
  const objects: object[] = [];
  const questions: Question[] = [];
  for (const [r, rules] of RULES.entries()) {
    objects.push(roleOf({ namespace: here, name: `role-${r}` }, rules), roleOf({ name: `role-${r}` }, rules));
    for (const [w, way] of WAYS.entries()) {
      for (const [s, kind] of SUBJECTS.entries()) {
        const id = `${r}-${w}-${s}`;
        const { subject, user, others } = subjectsOf(kind, id, here, elsewhere, way === 'ClusterRole everywhere');
        const metadata = { name: `row-${id}`, ...(way !== 'ClusterRole everywhere' && { namespace: here }) };
        objects.push(bindingOf(way === 'Role' ? 'Role' : 'ClusterRole', `role-${r}`, metadata, [subject]));
        for (const who of [user, ...others]) {
          for (const className of ['docker', 'nsjail']) {
            questions.push({ user: who, className, namespace: here }, { user: who, className, namespace: elsewhere });
          }
        }
      }
    }
  }
  return { objects, questions };
}

function subjectsOf(
  kind: (typeof SUBJECTS)[number],
  id: string,
  here: string,
  elsewhere: string,
  everywhere: boolean,
): { subject: object; user: Question['user']; others: Question['user'][] } {
  const apiGroup = 'rbac.authorization.k8s.io';
  const nobody = { username: `nobody-${id}`, groups: ['system:authenticated'] };
  switch (kind) {
    case 'User':
      return {
        subject: { kind, apiGroup, name: `user-${id}` },
        user: { username: `user-${id}`, groups: [] },
        others: [{ username: `other-${id}`, groups: [`user-${id}`] }],
      };
    case 'Group':
      return {
        subject: { kind, apiGroup, name: `group-${id}` },
        user: { username: `member-${id}`, groups: ['system:authenticated', `group-${id}`] },
        others: [{ username: `group-${id}`, groups: [] }],
      };
    case 'ServiceAccount':
      return {
        // Its own namespace need not be said, but for a binding of the whole cluster.
        subject: { kind, name: `robot-${id}`, ...(everywhere && { namespace: here }) },
        user: serviceAccountUser(here, `robot-${id}`),
        others: [serviceAccountUser(elsewhere, `robot-${id}`), nobody],
      };
    case 'ServiceAccount elsewhere':
      return {
        subject: { kind: 'ServiceAccount', name: `guest-${id}`, namespace: elsewhere },
        user: serviceAccountUser(elsewhere, `guest-${id}`),
        others: [serviceAccountUser(here, `guest-${id}`)],
      };
    case 'all of a namespace': {
      // Of a namespace that nobody else is in.
      const alone = `alone-${id}`;
      const [, group = ''] = serviceAccountGroups(alone);
      return {
        subject: { kind: 'Group', apiGroup, name: group },
        user: serviceAccountUser(alone, 'default'),
        others: [serviceAccountUser(here, 'default')],
      };
    }
  }
}
