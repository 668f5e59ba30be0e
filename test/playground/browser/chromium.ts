// The playground as it is built, served as the command serves it, in Debian's Chromium.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'rolldown';
import { playground } from '../../../scripts/playground/bundle.ts';
import { playgroundFiles } from '../../../src/cli/playground/files.ts';
import { servePlayground } from '../../../src/cli/playground/server.ts';

/** Another one can be named, where there is no Debian. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** As root there is no sandbox; the other options keep Chromium from calling its makers. */
const OPTIONS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Text in shades of grey makes pictures half as large.
  '--disable-lcd-text',
];

/** Why there is nothing to test with; undefined where there is. */
export const MISSING = existsSync(CHROMIUM)
  ? undefined
  : `there is no ${CHROMIUM} (apt-get install chromium, or name one in the variable CHROMIUM)`;

/** For one step of a test, in milliseconds: on a busy machine Chromium gets little time. */
const PATIENCE = 90_000;

/** Builds the playground into a folder of its own, which the caller removes. */
export async function builtPlayground(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sandgate-playground-'));
  await build({ ...playground, logLevel: 'silent', output: { ...playground.output, dir: folder } });
  return folder;
}

/** A browser, and the playground to open in it. */
export interface Opened {
  readonly url: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Builds, serves and starts. */
export async function open(): Promise<Opened> {
  const folder = await builtPlayground();
  const served = await servePlayground(await playgroundFiles([folder]), 0);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: OPTIONS, timeout: PATIENCE });
  return {
    url: served.url,
    browser,
    async close() {
      await browser.close();
      await served.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly colours?: 'light' | 'dark';
  readonly fragment?: string;
}

/** A page of its own, and what it did beside showing something. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The address of everything that it asked for. */
  readonly requests: readonly string[];
  /** What it complained about: errors, and what its Content-Security-Policy forbade. */
  readonly complaints: readonly string[];
}

/** Opens the playground, and waits until it has judged what it shows. */
export async function visit({ browser, url }: Opened, look: Look = {}): Promise<Visit> {
  const { width = 1280, colours = 'light', fragment = '' } = look;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: colours });
  context.setDefaultTimeout(PATIENCE);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url + fragment);
  await judged(page);
  return { page, context, requests, complaints };
}

/** Waits until what is in the editors was judged. */
export async function judged(page: Page): Promise<void> {
  await page.waitForSelector('body[data-state=judged]');
}

/** Loads a sample by its name, as a visitor does. */
export async function load(page: Page, name: string): Promise<void> {
  await page.getByLabel('Start from').selectOption({ label: name });
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await judged(page);
}
