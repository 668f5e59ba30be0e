// What the API server does with a webhook's reply, after k8s.io/apiserver v0.37: pkg/admission/plugin/webhook (request/
// admissionreview.go, mutating and validating dispatchers, errors/statuserror.go), pkg/endpoints/filters/warning.go and
// pkg/admission/attributes.go. Every test of the webhook passes its replies through here.
import { isJsonObject, type JsonObject, ownField, stringField } from '../../src/model/json.ts';
import { applyPatch } from './json-patch.ts';
import { WarningRecorder } from './warning-recorder.ts';

/** The webhook as it is registered. */
export interface RegisteredWebhook {
  /** `mutate.sandgate.dev`. */
  readonly name: string;
  readonly type: 'mutate' | 'validate';
}

/** What comes of the request. */
export interface Outcome {
  /** `error`: the reply is invalid or its patch does not apply; the failure policy or a 500 follows. */
  readonly result: 'allowed' | 'denied' | 'error';
  /** The object after the patch; the one that was sent where there is none. */
  readonly object: unknown;
  /** How many operations the patch had. */
  readonly operations: number;
  /** What the user reads where the request is denied, or why the reply is an error. */
  readonly message: string;
  /** The HTTP status the user gets; 200 where it is allowed. */
  readonly code: number;
  /** The status that is passed on where it is denied. */
  readonly status: JsonObject | undefined;
  /** The texts of the Warning headers that arrive. */
  readonly warnings: readonly string[];
  /** Warnings that are lost on the way: texts with control characters, and what exceeds the limits. */
  readonly lostWarnings: readonly string[];
  /** Audit annotations with their full keys. */
  readonly audit: Readonly<Record<string, string>>;
  /** Annotations that are lost for their key. */
  readonly lostAnnotations: readonly string[];
}

/** Does with `reply`, the webhook's answer to the review `request`, what the API server does. */
export function applyReply(webhook: RegisteredWebhook, request: unknown, reply: unknown): Outcome {
  const sent = ownField(request, 'request');
  const original = ownField(sent, 'object');
  const base: Outcome = {
    result: 'allowed',
    object: original,
    operations: 0,
    message: '',
    code: 200,
    status: undefined,
    warnings: [],
    lostWarnings: [],
    audit: {},
    lostAnnotations: [],
  };
  const invalid = invalidReply(webhook, stringField(sent, 'uid') ?? '', reply);
  if (invalid !== undefined) return { ...base, result: 'error', code: 500, message: invalid };
  const response = ownField(reply, 'response');
  const outcome = { ...base, ...recordAnnotations(webhook, response), ...recordWarnings(response) };

  if (ownField(response, 'allowed') !== true) {
    return { ...outcome, result: 'denied', ...rejection(webhook, ownField(response, 'status')) };
  }
  const encoded = stringField(response, 'patch') ?? '';
  if (encoded === '') return outcome;
  try {
    const patch: unknown = JSON.parse(decodeBase64(encoded));
    if (!Array.isArray(patch)) throw new Error('a patch must be a list of operations');
    if (patch.length === 0) return outcome;
    if (!isJsonObject(original)) {
      const reason = 'attempted to modify the object, which is not supported for this operation';
      throw new Error(`admission webhook "${webhook.name}" ${reason}`);
    }
    return { ...outcome, object: applyPatch(original, patch), operations: patch.length };
  } catch (error) {
    const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`;
    return { ...outcome, result: 'error', code: 500, message };
  }
}

/** VerifyAdmissionResponse: why the reply is not valid, if it is not. */
function invalidReply(webhook: RegisteredWebhook, uid: string, reply: unknown): string | undefined {
  const response = ownField(reply, 'response');
  if (!isJsonObject(response)) return 'webhook response was absent';
  const answered = stringField(response, 'uid');
  if (answered !== uid) return `expected response.uid="${uid}", got "${answered}"`;
  const kind = `${stringField(reply, 'apiVersion')}, Kind=${stringField(reply, 'kind')}`;
  const expected = 'admission.k8s.io/v1, Kind=AdmissionReview';
  if (kind !== expected) return `expected webhook response of ${expected}, got ${kind}`;
  // The rest is what the decoder refuses before, for the Go types of these fields.
  if (typeof response.allowed !== 'boolean') return 'response.allowed must be a boolean';
  const patch = ownField(response, 'patch') ?? '';
  if (typeof patch !== 'string') return 'response.patch must be a string';
  const type = ownField(response, 'patchType') ?? undefined;
  if (webhook.type === 'validate') {
    if (patch !== '') return 'validating webhook may not return response.patch';
    return type === undefined ? undefined : 'validating webhook may not return response.patchType';
  }
  if (patch !== '' && type === undefined) return 'webhook returned response.patch but not response.patchType';
  if (patch === '' && type !== undefined) return 'webhook returned response.patchType but not response.patch';
  return type === undefined || type === 'JSONPatch' ? undefined : `unsupported patch type "${JSON.stringify(type)}"`;
}

/** ToStatusErr. */
function rejection(webhook: RegisteredWebhook, status: unknown): Pick<Outcome, 'message' | 'code' | 'status'> {
  const deniedBy = `admission webhook "${webhook.name}" denied the request`;
  const result = isJsonObject(status) ? status : {};
  const given = result.code;
  const code = typeof given === 'number' && given >= 400 ? given : 400;
  const text = stringField(result, 'message') || stringField(result, 'reason');
  const message = text ? `${deniedBy}: ${text}` : `${deniedBy} without explanation`;
  const word = stringField(result, 'status');
  return { message, code, status: { ...result, code, message, status: word && word !== 'Success' ? word : 'Failure' } };
}

/** Attributes.AddAnnotation with checkKeyFormat: a bad key is logged and lost. */
function recordAnnotations(webhook: RegisteredWebhook, response: unknown): Pick<Outcome, 'audit' | 'lostAnnotations'> {
  const audit: Record<string, string> = {};
  const lostAnnotations: string[] = [];
  const annotations = ownField(response, 'auditAnnotations') ?? {};
  if (!isJsonObject(annotations)) throw new Error('response.auditAnnotations must be an object');
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') throw new Error(`response.auditAnnotations.${key} must be a string`);
    if (/^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(key) && key.length <= 63)
      audit[`${webhook.name}/${key}`] = value;
    else lostAnnotations.push(key);
  }
  return { audit, lostAnnotations };
}

function recordWarnings(response: unknown): Pick<Outcome, 'warnings' | 'lostWarnings'> {
  const recorder = new WarningRecorder();
  const warnings = ownField(response, 'warnings') ?? [];
  if (!Array.isArray(warnings)) throw new Error('response.warnings must be a list');
  for (const text of warnings as readonly unknown[]) {
    if (typeof text !== 'string') throw new Error('response.warnings must be strings');
    recorder.add(text);
  }
  return { warnings: recorder.headers, lostWarnings: recorder.lost };
}

/** Go's decoder of []byte, which takes standard base64 with padding and nothing else. */
function decodeBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new Error('illegal base64 data');
  return Buffer.from(text, 'base64').toString('utf8');
}
