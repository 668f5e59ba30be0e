// The annotation by which a pod asks: everything but the name of a class that its policy lists.
import { expect } from 'vitest';
import type { JsonObject } from '../../../../src/model/json.ts';
import { answerOf } from '../../support/answers.ts';
import { found, put } from '../../support/change.ts';
import { ANNOTATIONS, ASKS, DAEMON } from '../names.ts';
import { askingPod } from '../pods.ts';
import { tierLabels } from '../policies.ts';
import { type Attempt, byKubernetes, create, remove, type Section, written } from './attempt.ts';

const UNKNOWN = 'unknown_capability: ';

/** A pod that asks with this text. */
function asking(what: string, classes: string, says: string): Attempt {
  return {
    what,
    verdict: 'refused',
    says,
    run: async (place) => await create(place, askingPod(place.namespace, { classes })),
  };
}

/** A pod that is let in, with or without a daemon. */
function letIn(what: string, metadata: JsonObject, hasDaemon: boolean, because: string): Attempt {
  return {
    what,
    verdict: 'let in',
    says: '',
    because,
    async run(place) {
      const pod = askingPod(place.namespace, { classes: undefined });
      const reply = await place.alice.create({
        ...pod,
        metadata: { namespace: place.namespace, name: 'mine', ...metadata },
      });
      if (reply.status === 201) await remove(place, 'mine');
      expect(found(reply.body, ...DAEMON) !== undefined).toBe(hasDaemon);
      return answerOf(reply);
    },
  };
}

function asks(classes: string): JsonObject {
  return { annotations: { [ASKS]: classes } };
}

const ORDINARY = 'It asks for nothing, and gets nothing: a pod like any other.';
const SAME = 'It asks for docker, and is given docker.';

export const REQUEST_ATTEMPTS: Section = {
  title: 'The request',
  about: `What a pod asks for is the text of its annotation \`${ASKS}\`.`,
  labels: tierLabels('rootless-tun-host-path'),
  attempts: [
    asking('a class that does not exist', 'kubernetes', `${UNKNOWN}kubernetes (the classes are `),
    asking('a class that exists, and that the policy does not list', 'landjail', 'landjail_capability_not_configured'),
    asking('the same beside one that it lists', 'docker,landjail', 'landjail_capability_not_configured'),
    asking('another form of a class', 'docker/privileged', `${UNKNOWN}"docker/privileged"`),
    asking('another form, as a setting', 'docker=privileged', `${UNKNOWN}"docker=privileged"`),
    asking('every class', '*', `${UNKNOWN}"*"`),
    asking('a letter of another alphabet (Cyrillic о)', 'd\u043Ecker', `${UNKNOWN}"d\\u043ecker"`),
    asking('the sign for Kelvin, which becomes a k in lower case', 'doc\u212Aer', `${UNKNOWN}"doc\\u212aer"`),
    asking('letters of full width', '\uFF44\uFF4F\uFF43\uFF4B\uFF45\uFF52', `${UNKNOWN}"\\uff44\\uff4f`),
    asking('a blank that nobody sees', 'doc\u200Bker', `${UNKNOWN}"doc\\u200bker"`),
    asking('a mark that turns the text around', '\u202Erekcod', `${UNKNOWN}"\\u202erekcod"`),
    asking('a control character that ends a text elsewhere', 'docker\u0000', `${UNKNOWN}"docker\\u0000"`),
    asking('a control character that colours a terminal', '\u001B[2Jdocker', `${UNKNOWN}"\\u001b[2jdocker"`),
    asking('two lines', 'docker\nnsjail', `${UNKNOWN}"docker\\nnsjail"`),
    asking('another separator', 'docker;nsjail', `${UNKNOWN}"docker;nsjail"`),
    asking('a list as JSON', '["docker"]', `${UNKNOWN}"[\\"docker\\"]"`),
    asking('a name that objects of JavaScript have', '__proto__,constructor,tostring', `${UNKNOWN}"__proto__"`),
    asking('a path', '../docker', `${UNKNOWN}"../docker"`),
    asking('an empty name between two', 'docker,,nsjail', 'capability_required (a name is empty in "docker,,nsjail")'),
    asking('nothing but a separator', ' , ', 'capability_required'),
    asking(
      '10,000 names',
      Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(),
      'too_many_capabilities (more than 2048 characters)',
    ),
    asking(
      'seventeen names',
      Array.from({ length: 17 }, (_, i) => `c${i}`).join(),
      'too_many_capabilities (17 classes are requested, at most 16 can be)',
    ),
    asking('one name of 200,000 letters', 'x'.repeat(200_000), 'too_many_capabilities (more than 2048 characters)'),
    asking('one name of 2,000 letters', 'y'.repeat(2000), UNKNOWN),
    ...byKubernetes([
      asking('more than an annotation can hold', 'z'.repeat(300_000), 'Too long'),
      ...written({}, ['a list instead of a text', put(['docker'], ...ANNOTATIONS, ASKS), 'cannot unmarshal']),
    ]),
    letIn('the name in capitals, with blanks around', asks(' DOCKER\t'), true, SAME),
    letIn('the name twice', asks('docker,Docker'), true, SAME),
    letIn('a blank that is not one (U+00A0) around the name', asks('\u00A0docker\uFEFF'), true, SAME),
    letIn('a blank annotation', asks('  '), false, ORDINARY),
    letIn(
      'an annotation whose name is nearly ours',
      { annotations: { 'sandgate.dev/Capabilities': 'docker' } },
      false,
      ORDINARY,
    ),
    letIn('a label', { labels: { [ASKS]: 'docker' } }, false, ORDINARY),
    letIn(
      'marks of having been granted',
      { annotations: { 'sandgate.dev/status': '{"injected":["docker"]}' } },
      false,
      ORDINARY,
    ),
  ],
};
