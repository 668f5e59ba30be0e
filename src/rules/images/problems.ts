// What the schema cannot say about the parameters of the rule `images`: entries that can match nothing, and rows that another
// parameter of the rule refuses.
import { type CompiledMirror, compileMirror, isUnder } from '../../images/image-mirror.ts';
import { normalisePattern, patternFault } from '../../images/image-pattern.ts';
import { isTag } from '../../images/image-reference.ts';
import { globCovers, globsIntersect } from '../../model/glob.ts';
import type { ParameterProblem } from '../rule.ts';
import type { ImageParameters } from './parameters.ts';

export function imageProblems(images: ImageParameters): readonly ParameterProblem[] {
  return [
    ...patternProblems('allowed', images.allowed),
    ...patternProblems('forbidden', images.forbidden),
    ...tagProblems(images),
    ...hiddenProblems(images),
    ...pullPolicyProblems(images),
    ...mirrorProblems(images),
  ];
}

function error(keys: readonly string[], message: string): ParameterProblem {
  return { keys, message, severity: 'error' };
}

function warning(keys: readonly string[], message: string): ParameterProblem {
  return { keys, message, severity: 'warning' };
}

function patternProblems(key: 'allowed' | 'forbidden', list: readonly string[] = []): readonly ParameterProblem[] {
  return list.flatMap((image, index) => {
    const why = whyNothing(image);
    return why === undefined ? [] : [error([key, String(index)], `"${image}" can match nothing: ${why}`)];
  });
}

function whyNothing(image: string): string | undefined {
  switch (patternFault(image)) {
    case 'digest':
    case 'tag':
      return 'it holds a tag or digest; name the repository, and judge tags with forbiddenTags and digest';
    case 'case':
      return 'write it in lower case, as repositories are';
    case 'one-segment':
      return '"*" does not stand for "/"; write "**" for any registry and path';
    case 'form':
      return 'it is neither a repository nor a pattern for one';
    case undefined: {
      // Images of one part are `library/…`, so that nothing on Docker Hub has one part.
      const [, path] = /^docker\.io\/([^/]*)$/.exec(normalisePattern(image) ?? '') ?? [];
      if (path === undefined || path.includes('**')) return undefined;
      return 'repositories of docker.io have two parts; write docker.io/** for all, docker.io/library/* for official ones';
    }
  }
}

function tagProblems({ forbiddenTags = [], digest }: ImageParameters): readonly ParameterProblem[] {
  const problems = forbiddenTags.flatMap((tag, index) =>
    // If some tag matches the pattern, then the pattern with a digit for every wildcard is a tag too.
    tag === '' || isTag(tag.replaceAll(/[*?]/g, '0'))
      ? []
      : [
          error(
            ['forbiddenTags', String(index)],
            `"${tag}" can match nothing: it is neither a tag nor a pattern of tags`,
          ),
        ],
  );
  if (digest !== undefined && forbiddenTags.length > 0) {
    problems.push(warning(['forbiddenTags'], 'decides nothing: digest asks for digests, beside which no tag counts'));
  }
  return problems;
}

/** Entries of `allowed` of which `forbidden` leaves nothing. */
function hiddenProblems({ allowed = [], forbidden = [] }: ImageParameters): readonly ParameterProblem[] {
  return allowed.flatMap((image, index) => {
    const by = forbidden.find((pattern) => covers(pattern, image));
    const message = `"${image}" allows nothing, since forbidden lists "${by ?? ''}"`;
    return by === undefined ? [] : [warning(['allowed', String(index)], message)];
  });
}

function covers(wide: string, narrow: string): boolean {
  const outer = normalisePattern(wide);
  const inner = normalisePattern(narrow);
  return outer !== undefined && inner !== undefined && globCovers(outer, inner);
}

function pullPolicyProblems({ defaultPullPolicy, requiredPullPolicy }: ImageParameters): readonly ParameterProblem[] {
  if (defaultPullPolicy === undefined || requiredPullPolicy === undefined) return [];
  if (defaultPullPolicy === requiredPullPolicy) return [];
  return [error(['defaultPullPolicy'], `is refused by the same rule: requiredPullPolicy is ${requiredPullPolicy}`)];
}

function mirrorProblems({ rewrite = [], allowed, forbidden = [] }: ImageParameters): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const rows: { readonly index: number; readonly row: CompiledMirror }[] = [];
  for (const [index, written] of rewrite.entries()) {
    const row = compileMirror(written);
    if ('problem' in row) problems.push(error(['rewrite', String(index), row.key], row.problem));
    else rows.push({ index, row });
  }
  for (const { index, row } of rows) {
    const keys = ['rewrite', String(index)];
    const twin = rows.find((other) => other.index < index && other.row.from === row.from);
    const target = rows.find((other) => isUnder(row.from, other.row.to));
    if (twin) problems.push(error([...keys, 'from'], `repeats rewrite[${twin.index}]`));
    else if (target) {
      const message = `can replace nothing: what rewrite[${target.index}] leads to is left as it is`;
      problems.push(error([...keys, 'from'], message));
    }
    const below = `${row.to}/**`;
    if (allowed !== undefined && !allowed.some((pattern) => meets(pattern, below))) {
      problems.push(error([...keys, 'to'], 'is refused by the same rule: no entry of allowed matches it'));
    }
    const by = forbidden.find((pattern) => globCovers(normalisePattern(pattern) ?? '', below));
    if (by !== undefined) problems.push(error([...keys, 'to'], `is refused by the same rule: forbidden lists "${by}"`));
  }
  return problems;
}

function meets(pattern: string, below: string): boolean {
  const image = normalisePattern(pattern);
  return image !== undefined && globsIntersect(image, below);
}
