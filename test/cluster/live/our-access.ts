// Who sandgate is to a real API server: a service account with the rules that docs/live.md says are enough.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { expectOk } from '../control-plane/expect-ok.ts';
import { writeKubeconfig } from '../control-plane/kubeconfig.ts';
import { createServiceAccount } from '../control-plane/namespaces.ts';

const PAGE = resolve(import.meta.dirname, '../../../docs/live.md');

/** The rules of the ClusterRole in docs/live.md. */
export function documentedRules(): readonly JsonObject[] {
  const [, yaml = ''] = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const role: unknown = parse(yaml);
  if (!isJsonObject(role) || !Array.isArray(role.rules)) throw new Error(`${PAGE} has no ClusterRole`);
  return role.rules.filter(isJsonObject);
}

/** A kubeconfig of a new service account with these rules, for the API server or for what stands in front of it. */
export async function kubeconfigWith(
  plane: ControlPlane,
  rules: readonly JsonObject[] = documentedRules(),
  url = plane.url,
): Promise<string> {
  const name = `sandgate-${randomUUID().slice(0, 8)}`;
  const apiGroup = 'rbac.authorization.k8s.io';
  await createServiceAccount(plane, 'default', name);
  await expectOk(plane.admin.create({ apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata: { name }, rules }));
  await expectOk(
    plane.admin.create({
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      subjects: [{ kind: 'ServiceAccount', namespace: 'default', name }],
      roleRef: { apiGroup, kind: 'ClusterRole', name },
    }),
  );
  const token = await plane.tokenFor('default', name);
  return writeKubeconfig({ folder: plane.folder, url, ca: plane.ca, token });
}

/** Without one verb on one resource. */
export function without(verb: string, resource: string): readonly JsonObject[] {
  return documentedRules().flatMap((rule) => {
    const { resources, verbs } = rule;
    if (!Array.isArray(resources) || !resources.includes(resource) || !Array.isArray(verbs)) return [rule];
    const others = resources.filter((one) => one !== resource);
    const left = verbs.filter((one) => one !== verb);
    return [
      ...(others.length === 0 ? [] : [{ ...rule, resources: others }]),
      ...(left.length === 0 ? [] : [{ ...rule, resources: [resource], verbs: left }]),
    ];
  });
}
