// The playground in a real browser: what it shows, how it is used without a mouse, and that it sends nothing.
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Sample } from '../../../playground/state.ts';
import { samples } from '../../../scripts/playground/samples.ts';
import { verdictsOnCommandLine } from '../command-line.ts';
import { judged, type Look, load, MISSING, type Opened, open, type Visit, visit } from './chromium.ts';

const PICTURES = resolve(import.meta.dirname, '../../../docs/pictures');
/** Set to renew the pictures of docs/playground.md. */
const makesPictures = process.env.PICTURES !== undefined;
/** Those that the page has, of all that could be made. */
const SHOWN: readonly string[] = ['denied-1280-light', 'filled-in-1280-dark', 'denied-390-light'];
const WIDTHS = [1280, 390];
const COLOURS = ['light', 'dark'] as const;

let opened: Opened | undefined;
beforeAll(async () => {
  if (MISSING === undefined) opened = await open();
  // The reporter counts what was skipped, and leaves out why.
  else console.warn(`The playground was not opened in a browser: ${MISSING}`);
});
afterAll(() => opened?.close());
beforeEach((context) => {
  if (MISSING !== undefined) context.skip(MISSING);
});

/** A page that is closed after the test, which fails where the page complained or asked anybody else. */
async function visited(look: Look = {}): Promise<Visit> {
  if (!opened) throw new Error('there is no browser');
  const { url } = opened;
  const visitor = await visit(opened, look);
  onTestFinished(async () => {
    await visitor.context.close();
    expect(visitor.complaints).toEqual([]);
    expect(visitor.requests.filter((address) => !address.startsWith(url) && !address.startsWith('data:'))).toEqual([]);
  });
  return visitor;
}

/** `denied Pod default/web` of every object that the page shows. */
async function verdictsOn(page: Page): Promise<readonly string[] | string> {
  const summary = await page.locator('#summary').textContent();
  if (summary?.startsWith('Nothing was judged: the policies have')) return 'mistakes in the policies';
  return page.locator('article h3').allTextContents();
}

/** What has the focus, as a screen reader would say it. */
async function focused(page: Page): Promise<string> {
  const name: unknown = await page.evaluate(
    `(({ id, tagName, ariaLabel, textContent }) => id || ariaLabel || tagName + ' ' + textContent.trim())(document.activeElement)`,
  );
  return String(name);
}

async function textOf(page: Page, editor: 'policies' | 'manifests'): Promise<string> {
  return (await page.locator(`#${editor} .cm-line`).allTextContents()).join('\n');
}

/** Replaces the text of an editor by one from the clipboard. */
async function paste(page: Page, editor: 'policies' | 'manifests', text: string): Promise<void> {
  await page.locator(`#${editor} .cm-content`).click();
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
}

describe('verdicts in the browser', () => {
  const rows = samples().map((sample): [name: string, sample: Sample] => [sample.name, sample]);

  let page: Page;
  beforeAll(async () => {
    if (opened) page = (await visit(opened)).page;
  });

  test.each(rows)('the sample %s has the verdicts of the command line', async (name, sample) => {
    await load(page, name);
    expect(await verdictsOn(page)).toEqual(await verdictsOnCommandLine(sample));
  });
});

describe('what is shown', () => {
  test('a finding is marked at its line, and its line number leads there', async () => {
    const { page } = await visited();
    await load(page, 'A Deployment that asks for too much');
    await page.locator('#manifests .cm-lint-marker-error').first().waitFor();
    await page.getByRole('button', { name: 'line 12', exact: true }).click();
    expect(await focused(page)).toBe('Manifests, as YAML');
    await expect.poll(() => page.locator('#manifests .cm-activeLine').textContent()).toContain('hostNetwork: true');
  });

  test('a mistake in a policy is marked at its line, and said in the results', async () => {
    const { page } = await visited();
    await load(page, 'A policy with mistakes');
    await expect.poll(() => page.locator('#policies .cm-lint-marker-error').count()).toBe(2);
    expect(await page.getByRole('heading', { name: 'Mistakes in the policies' }).isVisible()).toBe(true);
    expect(await page.locator('#details').textContent()).toContain('restrictd');
  });

  test('what is filled in is shown as a difference, and the replies as JSON', async () => {
    const { page } = await visited();
    await load(page, 'A Sandbox that says nothing about security');
    expect(await page.locator('pre.difference .added').allTextContents()).toContain('+        runAsNonRoot: true');
    await page.getByText('What the API server gets in reply').click();
    const reply = page.getByRole('region', { name: 'Reply of the validating webhook for Sandbox agent' });
    expect(JSON.parse((await reply.textContent()) ?? '')).toMatchObject({ response: { allowed: true } });
  });

  test('why a value is there is shown in a table, with the policy that filled it in', async () => {
    const { page } = await visited();
    await load(page, 'A Sandbox that says nothing about security');
    await page.getByText('Why', { exact: true }).click();
    const table = page.getByRole('region', { name: 'Where the values of Sandbox agent at spec.podTemplate come from' });
    const row = table.getByRole('row').filter({ hasText: 'runAsNonRoot' });
    expect(await row.first().textContent()).toContain('truepolicy agents, fill-in ');
    await load(page, 'A Deployment that asks for too much');
    // It stays open, and says what else there is to change.
    const why = page.locator('details[data-title=Why]');
    expect(await why.getAttribute('open')).toBe('');
    expect(await why.textContent()).toContain('It meets the Pod Security level privileged');
  });

  test('a change of the text is judged without any further step, and announced', async () => {
    const { page } = await visited();
    await load(page, 'A Deployment that asks for too much');
    const status = page.getByRole('status').and(page.locator('#summary'));
    expect(await status.textContent()).toBe('1 object: 0 allowed, 1 denied.');
    await paste(page, 'policies', 'nonsense');
    await expect.poll(() => status.textContent()).toMatch(/^Nothing was judged: the policies have \d mistakes?\.$/);
  });

  test('text that looks like HTML stays text', async () => {
    const { page } = await visited();
    await load(page, 'A Deployment that asks for too much');
    const name = '<img src=x onerror=alert(1)>';
    await paste(
      page,
      'manifests',
      `apiVersion: v1\nkind: Pod\nmetadata: { name: "${name}" }\nspec: { hostNetwork: true, containers: [{ name: a, image: a }] }\n`,
    );
    await expect.poll(() => page.locator('article h3').textContent()).toBe(`denied Pod default/${name}`);
    expect(await page.locator('#results img').count()).toBe(0);
  });
});

describe('without a mouse', () => {
  test('Tab goes from the list of samples through the buttons and editors to the results', async () => {
    const { page } = await visited();
    const order: string[] = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
    }
    expect(order).toEqual([
      'A Skip to the results',
      'sample',
      'BUTTON Load',
      'load-policies',
      'share',
      'Policies and capability classes, as YAML',
    ]);
    // Tab indents, as the page says; Escape lets the next Tab move on.
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Policies and capability classes, as YAML');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Manifests, as YAML');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('BUTTON line 12');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Manifests, as YAML');
  });

  test('the first link leads past the editors, and does not count as a link with a state', async () => {
    const { page } = await visited();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('results');
    expect(await page.locator('#shared').textContent()).toBe('');
  });

  test('everything has a name and a place among the landmarks', async () => {
    const { page } = await visited();
    await load(page, 'A Sandbox that says nothing about security');
    expect(await page.locator('main').ariaSnapshot()).toMatch(
      /region "Policies and capability classes"[\s\S]*textbox "Policies and capability classes, as YAML"[\s\S]*region "Manifests"[\s\S]*textbox "Manifests, as YAML"[\s\S]*region "Results"[\s\S]*status/,
    );
    const nameless = await page.evaluate(
      `[...document.querySelectorAll('button, select, [role=textbox], [role=region], summary')].filter((one) =>
        !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)`,
    );
    expect(nameless).toEqual([]);
  });
});

describe('a link', () => {
  test('restores both texts, in a browser that has never been here', async () => {
    const { page } = await visited();
    await load(page, 'A pod that is given a Docker daemon');
    await paste(page, 'manifests', 'apiVersion: v1\nkind: Pod\nmetadata: { name: grüße }\n');
    await expect.poll(() => textOf(page, 'manifests')).toContain('grüße');
    await judged(page);
    await page.getByRole('button', { name: 'Copy a link to this' }).click();
    await expect.poll(() => page.locator('#shared').textContent()).toContain('The link is in your clipboard');
    const link = new URL(page.url());
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(link.href);
    const other = await visited({ fragment: link.hash });
    expect(await textOf(other.page, 'manifests')).toContain('grüße');
    expect(await textOf(other.page, 'policies')).toBe(await textOf(page, 'policies'));
    expect(await verdictsOn(other.page)).toEqual(await verdictsOn(page));
    expect(other.requests.join()).not.toContain(link.hash);
  });

  test('that cannot be read says so, and leaves an example to start from', async () => {
    const { page } = await visited({ fragment: '#v1.AAAA' });
    expect(await page.locator('#shared').textContent()).toMatch(/^This link cannot be read: /);
    expect(await page.locator('article').count()).toBe(1);
  });
});

describe.each(WIDTHS)('at a width of %i pixels', (width) => {
  test.each(COLOURS)('nothing has to be scrolled sideways, and text can be read, in %s', async (colours) => {
    const { page } = await visited({ width, colours });
    for (const [name, picture] of [
      ['A policy with mistakes', 'mistakes'],
      ['A pod that is given a Docker daemon', 'filled-in'],
      ['A Deployment that asks for too much', 'denied'],
    ] as const) {
      await load(page, name);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(CONTRASTS)).toEqual([]);
      if (makesPictures && SHOWN.includes(`${picture}-${width}-${colours}`)) {
        await page.screenshot({
          path: join(PICTURES, `playground-${picture}-${width}.png`),
          clip: { x: 0, y: 0, width, height: 700 },
        });
      }
    }
    expect(await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches')).toBe(colours === 'dark');
  });
});

/** Every piece of text with less contrast to what it stands on than WCAG 2.2 asks for (1.4.3, level AA: 4.5 to 1). */
const CONTRASTS = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      const [, , , alpha = 1] = channels(colour);
      if (colour.startsWith('rgb') && alpha === 1) return channels(colour);
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility({ checkVisibilityCSS: true })) continue;
    const [low, high] = [luminance(channels(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 4.5) poor.push(element.className + ': ' + node.textContent.trim().slice(0, 40));
  }
  return [...new Set(poor)];
})()`;
