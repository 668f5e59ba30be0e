// What an exception says: which findings of a check it takes out, why, and until when. The standing exceptions of a policy
// (`checks.<id>.except`) have this form, and an IsolationException has the same fields.
import { type PatternFault, patternFault } from '../images/image-pattern.ts';
import { isDigest, isTag, tagColon } from '../images/image-reference.ts';
import { endOf } from '../model/moment.ts';
import { schemaFor, type ValueOf } from '../model/schema.ts';

/** The fields of an exception, wherever it stands. */
export const EXCEPTION_FIELDS = {
  images: {
    type: 'array',
    description: 'The images of the containers that it is for.',
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    items: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      description: 'A repository with *, ** and ?, with a tag or a digest where only that one is meant.',
    },
  },
  containers: {
    type: 'array',
    description: 'The names of the containers that it is for.',
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    items: {
      type: 'string',
      pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
      errorMessage: 'expected the name of a container: lower-case letters, digits and "-"',
      description: 'The name of a container, in any of the lists.',
    },
  },
  values: {
    type: 'array',
    description: 'The values that it is for, as text.',
    minItems: 1,
    maxItems: 100,
    uniqueItems: true,
    items: {
      type: 'string',
      maxLength: 4096,
      description: 'What stands in the field: NET_ADMIN, "true", "8080"; "" for a field that is not set.',
    },
  },
  reason: {
    type: 'string',
    pattern: '\\S',
    maxLength: 512,
    errorMessage: 'expected some words that say why',
    description: 'Why, for whoever reads the audit log.',
  },
  expires: {
    type: 'string',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$',
    errorMessage: 'expected a date such as 2027-06-30, or a time such as 2027-06-30T12:00:00Z',
    description: 'The last day on which it holds, in UTC, or the moment at which it ends.',
  },
} as const;

/** One exception. A finding is covered where it matches all of `images`, `containers` and `values` that are given. */
export const EXCEPTION_ENTRY = schemaFor({
  type: 'object',
  description: 'Findings to let pass: those that match all of its images, containers and values.',
  additionalProperties: false,
  required: ['reason'],
  properties: EXCEPTION_FIELDS,
});

export type ExceptionEntry = ValueOf<typeof EXCEPTION_ENTRY>;

/** Something in an entry that makes no sense although the schema accepts it. */
export interface EntryProblem {
  /** The keys that lead to it from the entry. */
  readonly keys: readonly string[];
  readonly message: string;
}

/** A pattern of `images`, taken apart; a fault where no image can match it. */
export interface ImageEntry {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly fault: PatternFault | undefined;
}

/** Takes a pattern apart: `quay.io/cni/**`, `quay.io/cni/plugin:1.2`, `quay.io/cni/plugin@sha256:…`. */
export function readImageEntry(text: string): ImageEntry {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = tagColon(named);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  const fault =
    digest !== undefined && !isDigest(digest)
      ? 'digest'
      : tag !== undefined && !isTag(tag)
        ? 'tag'
        : patternFault(repository);
  return { repository, tag, digest, fault };
}

const FAULTS: Readonly<Record<PatternFault, string>> = {
  digest: 'its digest is not one, such as sha256: and 64 digits of base 16',
  tag: 'its tag is not one',
  case: 'repositories are in lower case',
  'one-segment': 'every repository has a slash behind its registry; write **',
  form: 'it is not a valid image name',
};

/**
 * What makes no sense in an entry: one that covers everything, images that cannot be, dates that are none.
 * @param elsewhere what else could say which findings it is for, in words: `selector`
 */
export function entryProblems(
  { images = [], containers, values, expires }: ExceptionEntry,
  elsewhere?: string,
): readonly EntryProblem[] {
  const problems: EntryProblem[] = [];
  if (images.length === 0 && !containers && !values) {
    const expected = `${elsewhere === undefined ? '' : `${elsewhere}, `}images, containers or values`;
    problems.push({ keys: [], message: `covers every finding of the check (expected ${expected})` });
  }
  for (const [index, image] of images.entries()) {
    const { fault } = readImageEntry(image);
    if (fault === undefined) continue;
    problems.push({ keys: ['images', String(index)], message: `"${image}" matches no image: ${FAULTS[fault]}` });
  }
  if (expires !== undefined && endOf(expires) === undefined) {
    problems.push({ keys: ['expires'], message: `"${expires}" is not a valid date` });
  }
  return problems;
}
