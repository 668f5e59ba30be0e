// Webhook configurations, admissionregistration.k8s.io/v1, as far as we write them.

export type FailurePolicy = 'Fail' | 'Ignore';

/** Where the API server finds us: a Service in its cluster, or a URL outside of it. */
export type ClientConfig =
  | {
      readonly service: {
        readonly name: string;
        readonly namespace: string;
        readonly path: string;
        readonly port?: number;
      };
      /** PEM in base64; left out where something else, such as cert-manager, fills it in. */
      readonly caBundle?: string;
    }
  | { readonly url: string; readonly caBundle?: string };

/** Which requests a webhook is for. */
export interface WebhookRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  /** Plural; `pods/resize` for a subresource. */
  readonly resources: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'CONNECT')[];
  readonly scope: 'Namespaced' | 'Cluster';
}

/** A CEL expression on the request. Where one is false the webhook is not called. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

export interface LabelSelector {
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn';
    readonly values: readonly string[];
  }[];
}

/** What a review does beside being answered. Others are refused for dry runs by the API server. */
export type SideEffects = 'None' | 'NoneOnDryRun';

/** One entry of a validating configuration. */
export interface ValidatingWebhook {
  /** A DNS name. Users see it in front of every refusal, and the API server puts it before our audit annotations. */
  readonly name: string;
  readonly clientConfig: ClientConfig;
  readonly rules: readonly WebhookRule[];
  readonly failurePolicy: FailurePolicy;
  readonly timeoutSeconds: number;
  readonly matchPolicy: 'Equivalent';
  readonly sideEffects: SideEffects;
  readonly admissionReviewVersions: readonly ['v1'];
  readonly namespaceSelector?: LabelSelector;
  readonly matchConditions: readonly MatchCondition[];
}

/** One entry of a mutating configuration. */
export interface MutatingWebhook extends ValidatingWebhook {
  readonly reinvocationPolicy: 'IfNeeded';
}

interface Configuration<K extends string, W> {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: K;
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly W[];
}

export type MutatingWebhookConfiguration = Configuration<'MutatingWebhookConfiguration', MutatingWebhook>;
export type ValidatingWebhookConfiguration = Configuration<'ValidatingWebhookConfiguration', ValidatingWebhook>;
