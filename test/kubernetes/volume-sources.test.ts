// The list of volume sources against the table of pod fields.
import { expect, test } from 'vitest';
import { POD_FIELDS } from '../../src/kubernetes/pod-fields.ts';
import { VOLUME_SOURCES } from '../../src/kubernetes/volume-sources.ts';

test('every source of the table is listed, and no other', () => {
  expect(['name', ...VOLUME_SOURCES].toSorted()).toEqual(Object.keys(POD_FIELDS.Volume).toSorted());
});
