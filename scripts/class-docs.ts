// The reference page of capability classes: docs/capability-classes.md.
import type { SchemaObject } from 'ajv';
import { CONDITION_VARIABLES } from '../src/cel/condition.ts';
import { SCALARS } from '../src/kubernetes/schema/scalars.ts';
import { type Fields, KUBERNETES_TYPES } from '../src/kubernetes/schema/types.ts';
import { ownField, stringField } from '../src/model/json.ts';
import { CAPABILITIES_ANNOTATION, containersAnnotation } from '../src/model/names.ts';
import { CAPABILITY_CLASS_SCHEMA } from '../src/resources/capability-class/schema.ts';
import { schemaRows, typeLink } from './schema-rows.ts';

/** The text of the page, without the line that says it is generated. */
export function classPage(): string {
  const variables = Object.entries(CONDITION_VARIABLES).map(([name, type]) => `- \`${name}\`: ${type}`);
  const scalars = Object.entries(SCALARS).map(([name, schema]) => `| ${name} | ${scalarWords(schema)} |`);
  const kubernetes = Object.entries(KUBERNETES_TYPES).map(
    ([name, fields]) => `### ${name}\n\n${kubernetesFields(fields)}\n`,
  );
  return `
# CapabilityClass, key by key

One thing a workload may be granted, such as a Docker daemon. A workload asks for it with the annotation
\`${CAPABILITIES_ANNOTATION}: docker\` on its pod template, a [policy](policy.md) lists it under \`capabilities\`, and its
user or service account is allowed to \`use\` it. Keys that are not listed are refused. \`*\` stands for any key of a map.

| key | type | meaning |
| --- | --- | --- |
${schemaRows('', CAPABILITY_CLASS_SCHEMA).join('\n')}

- Of the implementations the first whose \`when\` holds is taken. A policy that names one takes that one, whatever its \`when\`.
- With \`containers: annotation\`, \`${containersAnnotation('docker')}: app,tools\` says which containers are given what class \`docker\`
  grants.
- A class whose template Kubernetes would refuse is refused when it is loaded.
- What its author probably did not mean is a warning: an image without a digest, an emptyDir without sizeLimit, a container
  that leaves its user, seccomp profile, capabilities or allowPrivilegeEscalation open.

## Conditions

\`when\` is an expression in [CEL](https://github.com/google/cel-spec) with optional values
(\`pod.spec.?nodeSelector[?'kubernetes.io/os'].orValue('')\`). It knows:

${variables.join('\n')}

A Pod has \`metadata\` and \`spec\` with every field that Kubernetes 1.37 has, those of init containers and ephemeral containers
among them, under Kubernetes' names. A Namespace has \`metadata.name\` and \`metadata.labels\`.

\`pod\` is as it would be without the class, with the RuntimeClass it is going to be given. Fields that the pod does not have
are absent: ask \`has(pod.spec.hostUsers)\` before, or write \`pod.spec.?hostUsers.orValue(true)\`. An expression that cannot be
evaluated grants nothing.

The functions, operators and loops are those of [policies' own expressions](from-validating-admission-policy.md#functions), with the
same limits on what an expression may cost.

## Types of Kubernetes

As Kubernetes 1.37 has them; \\* is required.

${kubernetes.join('\n')}
### Values

| value | what it is |
| --- | --- |
${scalars.join('\n')}
`;
}

function kubernetesFields(fields: Fields): string {
  const members = Object.entries(fields).map(([name, type]) => {
    const plain = type.replace('!', '');
    return `\`${name}\`${plain === type ? '' : '\\*'} ${kubernetesType(plain)}`;
  });
  return members.join(' · ');
}

function kubernetesType(type: string): string {
  if (type.startsWith('[')) return `list of ${kubernetesType(type.slice(1, -1))}`;
  if (type.startsWith('{')) return `map of ${kubernetesType(type.slice(1, -1))}`;
  return Object.hasOwn(KUBERNETES_TYPES, type) ? typeLink(type) : type.replaceAll('|', ' or ');
}

function scalarWords(schema: SchemaObject): string {
  const words = stringField(schema, 'errorMessage')?.replace(/^expected /, '') ?? stringField(schema, 'description');
  if (words !== undefined) return words;
  const [least, most] = [ownField(schema, 'minimum'), ownField(schema, 'maximum')];
  if (typeof least === 'number' && typeof most === 'number') return `an integer from ${least} to ${most}`;
  const type = [ownField(schema, 'type')].flat().join(' or ');
  return ownField(schema, 'minLength') === 1 ? `a ${type} that is not empty` : type;
}
