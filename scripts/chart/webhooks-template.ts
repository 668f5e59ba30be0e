// The chart's webhook configurations: what the server registers itself as in the tests, with the places left open that
// only a release knows. A named template: the chart registers what it makes, or hands it to the server to register.
import { stringify } from 'yaml';
import { NAMESPACE_NAME_LABEL, REACHABLE_PATH, UNINSTALL_PATH, WHERE_USED_ANNOTATION } from '../../src/model/names.ts';
import type { ValidatingWebhook } from '../registration/configuration.ts';
import { reachableWebhook } from '../registration/reachable.ts';
import { uninstallWebhook } from '../registration/uninstall.ts';
import { type Registration, WEBHOOK_ENTRIES, webhookConfigurations } from '../registration.ts';

const HEAD = `{{- /* Made by \`npm run docs\` from the kinds that hold a pod template: do not edit. */}}
{{- define "sandgate.webhookConfigurations" -}}
`;
const FOOT = `{{- end }}
{{- if eq .Values.webhooks.registration "Chart" }}
{{ include "sandgate.webhookConfigurations" . }}
{{- end }}
`;

/** Only the validating configuration has any. */
const WHERE_USED = `    {{- with include "sandgate.whereUsed" . }}
    ${WHERE_USED_ANNOTATION}: {{ . }}
    {{- end }}
`;

/** At the end of an entry for workloads: without the value the field is left out. */
const OBJECT_SELECTOR = `    {{- with .Values.webhooks.objectSelector }}
    objectSelector:
      {{- toYaml . | nindent 6 }}
    {{- end }}
`;

/** Of the entries for workloads and connections: about what they refuse, events are written. */
const SIDE_EFFECTS = 'ternary "NoneOnDryRun" "None" .Values.denialEvents.enabled';

/** Template text for the places left open. A word of its own stands for each until YAML has been made of the rest. */
class Places {
  readonly #texts: string[] = [];

  /** The word for a value that is written on the line of its key. */
  leave(text: string): string {
    this.#texts.push(text);
    return `PLACE${this.#texts.length - 1}X`;
  }

  /**
   * The YAML with every word replaced. A place whose text begins with `include` takes lines of its own below its key; as a member of a
   * list it stands for any number of members.
   */
  fillIn(yaml: string): string {
    const blocks = yaml.replaceAll(
      /^(\s*(?:- )?)(\w+): PLACE(\d+)X$/gm,
      (line, indent: string, key: string, number) => {
        const text = this.#textOf(number);
        if (!text.startsWith('include')) return line;
        return `${indent}${key}:\n${' '.repeat(indent.length + 2)}{{- ${text} | nindent ${indent.length + 2} }}`;
      },
    );
    const members = blocks.replaceAll(/^(\s*)- PLACE(\d+)X$/gm, (line, indent: string, number) => {
      const text = this.#textOf(number);
      if (!text.startsWith('include')) return line;
      return [`{{- with ${text} }}`, `{{- . | nindent ${indent.length} }}`, '{{- end }}']
        .map((action) => indent + action)
        .join('\n');
    });
    return members.replaceAll(/PLACE(\d+)X/g, (_, number) => `{{ ${this.#textOf(number)} }}`);
  }

  #textOf(number: unknown): string {
    const text = this.#texts[Number(number)];
    if (text === undefined) throw new Error(`no place ${String(number)}`);
    return text;
  }
}

/** The text of templates/webhooks.yaml. */
export function webhooksTemplate(): string {
  const places = new Places();
  const registration = webhookConfigurations({
    // Three of them are said in the template.
    name: '',
    clientConfig: (url) => ({ url }),
    excludedNamespaces: [''],
    connections: true,
    roleBindings: true,
    ownBindings: ['fullname', 'auditName'].map((name) => places.leave(`include "sandgate.${name}" .`)),
    username: places.leave('include "sandgate.username" .'),
  });
  const { mutating, validating } = registration;
  const entriesOf = ({ webhooks }: typeof mutating | typeof validating): readonly string[] =>
    webhooks.map((entry) => entryText(entry, places));
  const documents = [
    document(mutating, entriesOf(mutating)),
    document(validating, [...entriesOf(validating), ...ofOurs(places)]),
  ];
  return `${HEAD}${documents.join('---\n')}${FOOT}`;
}

function document(
  { apiVersion, kind }: Registration['mutating'] | Registration['validating'],
  entries: readonly string[],
): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: {{ include "sandgate.fullname" . }}
  labels:
    {{- include "sandgate.labels" . | nindent 4 }}
  annotations:
    {{- include "sandgate.webhookAnnotations" . | nindent 4 }}
${kind === 'ValidatingWebhookConfiguration' ? WHERE_USED : ''}  {{- with include "sandgate.webhookOwner" . }}
  ownerReferences:
    {{- . | nindent 4 }}
  {{- end }}
webhooks:
${entries.join('')}`;
}

/** An entry of a list of webhooks. Those for workloads are there only where some kind is left for them. */
function entryText(entry: ValidatingWebhook, places: Places): string {
  const text = listed(opened(entry, places), places);
  const [key] = specOf(entry);
  // Of a connection the object is not the pod, and has no labels; nor are the labels of a binding those of a workload.
  if (isWhereUsed(entry)) {
    return `  {{- if include "sandgate.hasWebhook" (list . "${key}") }}\n${text}  {{- end }}\n`;
  }
  return entry.namespaceSelector ? `  {{- if ${rulesOf(entry)} }}\n${text}${OBJECT_SELECTOR}  {{- end }}\n` : text;
}

/** As a member of the list. */
function listed(entry: object, places: Places): string {
  const yaml = stringify([entry], { lineWidth: 0, aliasDuplicateObjects: false });
  return places.fillIn(yaml.replaceAll(/^(?=.)/gm, '  '));
}

/** The rules of an entry for workloads, which depend on the values. */
function rulesOf(entry: ValidatingWebhook): string {
  const [key] = specOf(entry);
  return `include "sandgate.webhookRules" (list . "${key}")`;
}

/** An entry with words in the places that values decide. */
function opened(entry: ValidatingWebhook, places: Places): object {
  const [key, { path }] = specOf(entry);
  const namespaces = { namespaceSelector: places.leave('include "sandgate.namespaceSelector" .') };
  const forWorkloads = entry.namespaceSelector && {
    rules: places.leave(rulesOf(entry)),
    matchConditions: [...entry.matchConditions, places.leave('include "sandgate.matchConditions" .')],
    ...namespaces,
  };
  // Conditions of somebody's own are about workloads, and none of these is one.
  const forOthers = {
    matchConditions: [...entry.matchConditions, places.leave('include "sandgate.excludedCondition" .')],
    ...namespaces,
  };
  return {
    ...entry,
    clientConfig: places.leave(`include "sandgate.clientConfig" (list . "${path}")`),
    failurePolicy: places.leave(`.Values.webhooks.${key}.failurePolicy`),
    timeoutSeconds: places.leave(`.Values.webhooks.${key}.timeoutSeconds`),
    ...(isWhereUsed(entry) ? forOthers : forWorkloads),
    ...(entry.namespaceSelector && { sideEffects: places.leave(SIDE_EFFECTS) }),
  };
}

/** The entries that judge nothing, and are about objects of our own namespace: no value decides about them. */
function ofOurs(places: Places): readonly string[] {
  const ours = { key: NAMESPACE_NAME_LABEL, operator: 'In', values: [places.leave('.Release.Namespace')] } as const;
  const selector = { matchExpressions: [ours] };
  const at = (path: string): string => places.leave(`include "sandgate.clientConfig" (list . "${path}")`);
  return [
    { ...reachableWebhook({ url: '' }, selector), clientConfig: at(REACHABLE_PATH) },
    { ...uninstallWebhook({ url: '' }, selector), clientConfig: at(UNINSTALL_PATH) },
  ].map((entry) => listed(entry, places));
}

/** True for those that are registered only where a policy or the values ask for it, and whose rules do not depend on them. */
function isWhereUsed({ name }: ValidatingWebhook): boolean {
  return name === WEBHOOK_ENTRIES.connect.name || name === WEBHOOK_ENTRIES.roleBindings.name;
}

function specOf({ name }: ValidatingWebhook): [key: string, spec: { readonly path: string }] {
  const found = Object.entries(WEBHOOK_ENTRIES).find(([, spec]) => spec.name === name);
  if (!found) throw new Error(`no values for the webhook ${name}`);
  return found;
}
