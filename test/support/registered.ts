// Which entries of a webhook configuration a request would reach: a port of the API server's rule matcher
// (k8s.io/apiserver pkg/admission/plugin/webhook/predicates/rules), without what needs other objects or CEL.
import type { ValidatingWebhook, WebhookRule } from '../../scripts/registration/configuration.ts';

export interface MatchedRequest {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly operation: string;
  /** Empty for what belongs to no namespace. */
  readonly namespace: string;
}

/** The names of the entries that are called. */
export function entriesFor(webhooks: readonly ValidatingWebhook[], request: MatchedRequest): string[] {
  return webhooks.filter((webhook) => isCalled(webhook, request)).map((webhook) => webhook.name);
}

function isCalled(webhook: ValidatingWebhook, request: MatchedRequest): boolean {
  return selects(webhook, request.namespace) && webhook.rules.some((rule) => matches(rule, request));
}

function matches(rule: WebhookRule, request: MatchedRequest): boolean {
  return (
    includes(rule.operations, request.operation) &&
    includes(rule.apiGroups, request.group) &&
    includes(rule.apiVersions, request.version) &&
    (rule.scope === 'Namespaced') === (request.namespace !== '') &&
    rule.resources.some((resource) => matchesResource(resource, request))
  );
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

/** `pods` is the object alone, `pods/*` all its subresources, and `*` every object but no subresource. */
function matchesResource(rule: string, { resource, subresource }: MatchedRequest): boolean {
  const [ruleResource = '', ruleSubresource = ''] = rule.split('/');
  if (ruleResource !== '*' && ruleResource !== resource) return false;
  return ruleSubresource === '*' || ruleSubresource === subresource;
}

/** Labels stand for a namespace that has none but its name; a selector is not asked about what is in none. */
function selects(webhook: ValidatingWebhook, namespace: string): boolean {
  if (namespace === '') return true;
  const labels: Readonly<Record<string, string>> = { 'kubernetes.io/metadata.name': namespace };
  return (webhook.namespaceSelector?.matchExpressions ?? []).every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    const isIn = value !== undefined && values.includes(value);
    return operator === 'In' ? isIn : !isIn;
  });
}
