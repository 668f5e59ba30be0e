// Reviews as text, with parts that no JSON.stringify would write: keys twice, numbers that JavaScript rounds.

export interface ReviewParts {
  /** `Pod`, the default, or a custom resource that no API server checks for us. */
  readonly kind?: 'Pod' | 'Sandbox';
  /** JSON of the pod template's metadata. */
  readonly metadata?: string;
  /** JSON of the pod template's spec. */
  readonly spec?: string;
  /** JSON of the old template's spec: makes it an UPDATE. */
  readonly oldSpec?: string;
  /** JSON members put in front of those of the object, of its template and of the request, each ending in a comma. */
  readonly inObject?: string;
  readonly inTemplate?: string;
  readonly inRequest?: string;
  /** Strings, with the defaults of an ordinary request. */
  readonly uid?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** An AdmissionReview around these parts. */
export function reviewText(parts: ReviewParts): string {
  const { kind = 'Pod', spec = '{"containers":[]}', oldSpec, inRequest = '', uid = 'u-1' } = parts;
  const { name = 'web', namespace = 'agents' } = parts;
  const pod = kind === 'Pod';
  const group = pod ? '' : 'agents.x-k8s.io';
  const version = pod ? 'v1' : 'v1beta1';
  const resource = pod ? 'pods' : 'sandboxes';
  const oldObject = oldSpec === undefined ? 'null' : objectText(parts, oldSpec);
  const operation = oldSpec === undefined ? 'CREATE' : 'UPDATE';
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{${inRequest}"uid":${JSON.stringify(uid)},
"kind":{"group":"${group}","version":"${version}","kind":"${kind}"},
"resource":{"group":"${group}","version":"${version}","resource":"${resource}"},
"name":${JSON.stringify(name)},"namespace":${JSON.stringify(namespace)},"operation":"${operation}",
"userInfo":{"username":"tenant","groups":["system:authenticated"]},
"object":${objectText(parts, spec)},"oldObject":${oldObject},"dryRun":false,"options":null}}`;
}

function objectText(parts: ReviewParts, spec: string): string {
  const { kind = 'Pod', metadata = '{"name":"web","namespace":"agents"}', inObject = '', inTemplate = '' } = parts;
  if (kind === 'Pod')
    return `{${inObject}${inTemplate}"kind":"Pod","apiVersion":"v1","metadata":${metadata},"spec":${spec}}`;
  const template = `{${inTemplate}"metadata":${metadata},"spec":${spec}}`;
  return `{${inObject}"kind":"Sandbox","apiVersion":"agents.x-k8s.io/v1beta1","metadata":{"name":"web","namespace":"agents"},"spec":{"podTemplate":${template}}}`;
}

/** `levels` objects inside one another, around `inner`. */
export function nestedObjects(levels: number, inner = '1'): string {
  return '{"a":'.repeat(levels) + inner + '}'.repeat(levels);
}

/** `levels` lists inside one another. */
export function nestedLists(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
