// The rule `images`: which images run, and where they are pulled from.
import { defineRule } from '../rule.ts';
import { allowedImages } from './allowedImages.ts';
import { forbiddenImages } from './forbiddenImages.ts';
import { imageDigest } from './imageDigest.ts';
import { imagePullPolicy } from './imagePullPolicy.ts';
import { imageReference } from './imageReference.ts';
import { imageRewrite } from './imageRewrite.ts';
import { imageTag } from './imageTag.ts';
import { parameters } from './parameters.ts';
import { imageProblems } from './problems.ts';
import { pullPolicy } from './pullPolicy.ts';
import { pullSecrets } from './pullSecrets.ts';

export const images = defineRule({
  key: 'images',
  parameters,
  problems: imageProblems,
  checks: [imageReference, allowedImages, forbiddenImages, imageDigest, imageTag, imagePullPolicy],
  fillIns: [imageRewrite, pullPolicy, pullSecrets],
});
