// The chart's definitions of custom resources, as templates: what lies in Helm's own crds/ folder is installed once and
// never upgraded, and a field that an old definition does not know is dropped from a policy in silence.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { isJsonObject, ownField, stringField } from '../../src/model/json.ts';

const HEAD = `{{- /* Made by \`npm run docs\` from crds/: do not edit. */}}
{{- if .Values.crds.enabled }}
`;

/** The text of templates/crds.yaml, for every definition in a folder. */
export function crdsTemplate(folder: string): string {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted();
  const documents = files.map((name) => document(parse(readFileSync(join(folder, name), 'utf8')), name));
  return `${HEAD}${documents.join('---\n')}{{- end }}\n`;
}

function document(definition: unknown, file: string): string {
  const metadata = ownField(definition, 'metadata');
  const name = stringField(metadata, 'name');
  if (!isJsonObject(definition) || !isJsonObject(metadata) || name === undefined || Object.keys(metadata).length > 1) {
    throw new Error(`${file}: expected one definition with a name and no other metadata`);
  }
  const { apiVersion, kind, metadata: _, ...rest } = definition;
  return `apiVersion: ${String(apiVersion)}
kind: ${String(kind)}
metadata:
  name: ${name}
  labels:
    {{- include "sandgate.labels" . | nindent 4 }}
  {{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
${escaped(stringify(rest, { lineWidth: 0, aliasDuplicateObjects: false }))}`;
}

/** What Helm would take for a template action. */
function escaped(yaml: string): string {
  return yaml.replaceAll(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`);
}
