// Every output format, in the order help lists them.
import { diff } from './diff.ts';
import { github } from './github.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { openreports } from './openreports.ts';
import { patch } from './patch.ts';
import { sarif } from './sarif.ts';
import type { Format } from './shapes/format.ts';
import { text } from './text.ts';
import { yaml } from './yaml.ts';

export const FORMATS: readonly Format[] = [text, yaml, json, patch, diff, junit, sarif, github, openreports];
