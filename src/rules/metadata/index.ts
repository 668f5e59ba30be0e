// The rule `metadata`: labels and annotations that pods are given, need, may have, and that are somebody's own.
import { defineRule } from '../rule.ts';
import { addedMetadata } from './addedMetadata.ts';
import { addMetadata } from './addMetadata.ts';
import { allowedMetadata } from './allowedMetadata.ts';
import { forbiddenMetadata } from './forbiddenMetadata.ts';
import { metadataProblems, parameters } from './parameters.ts';
import { requiredMetadata } from './requiredMetadata.ts';
import { reservedMetadata } from './reservedMetadata.ts';

export const metadata = defineRule({
  key: 'metadata',
  parameters,
  problems: metadataProblems,
  checks: [addedMetadata, requiredMetadata, forbiddenMetadata, allowedMetadata, reservedMetadata],
  fillIns: [addMetadata],
});
