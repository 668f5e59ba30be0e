// Asks registries which users images run as, and prints rows for the rule `identity`.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import type { ImageRow } from '../../images/identity.ts';
import { type InputFile, parseFiles } from '../../library/offline/objects.ts';
import { parseManifest } from '../../manifests/manifest.ts';
import { diff } from '../../report/diff.ts';
import { filledText } from '../../report/splicing/filled-text.ts';
import { type CommandSpec, flagOption, type Given, listOption, textOption } from '../command.ts';
import { EXIT, problemsError, UsageError } from '../exit.ts';
import { type Io, say } from '../io.ts';
import { readFiles } from '../read-files.ts';
import { anyKeychain, dockerKeychain, type Keychain, secretKeychain } from '../registry/credentials.ts';
import { RegistryError } from '../registry/http.ts';
import { imageFacts, type LookOptions } from '../registry/image-user.ts';
import { imageName, rowOf } from '../registry/rows.ts';
import { namedRows, withRows } from '../registry/update.ts';
import { writeWhole } from '../write-file.ts';

/** Until an answer of a registry begins, and for each pause in it. */
const TIMEOUT_SECONDS = 30;

export const users: CommandSpec = {
  name: 'users',
  summary: 'ask registries which users images run as',
  description: `Reads the configs of images in their registries, and prints rows for identity.images: the numeric user that each image
runs as. With --layers, a user that is a name is looked up in /etc/passwd of the image's layers. An image that runs as root, or
whose user cannot be determined, gets no row, and the reason is printed on stderr. With --update, the rows of a policy that
name one image each are renewed, and the difference is printed.`,
  argument: { name: '[image...]', description: 'images as pods name them, by tag or by digest' },
  examples: [
    { does: 'Print a row for an image', line: 'sandgate users ghcr.io/acme/agent:1.4.2' },
    {
      does: 'Print rows by digest, with the credentials of a pull secret',
      line: 'sandgate users ghcr.io/acme/agent:1.4.2 --by-digest --pull-secret secret.yaml',
    },
    {
      does: "Renew a policy's rows, and add one; print what changes",
      line: 'sandgate users ghcr.io/acme/agent:1.4.3 --update policies/agents.yaml',
    },
  ],
  options: [
    new Option('--by-digest', 'print rows for the digest that a tag has now, instead of for the tag'),
    new Option(
      '--platform <os/arch>',
      'the platform to look at (default: all Linux platforms, whose users must agree)',
    ).argParser(platformName),
    new Option('--layers', 'look up names of users in the layers of the image, which are read as far as needed'),
    new Option(
      '--update <file>',
      'renew the rows of this policy that name one image each, and add those of the images that are given',
    ),
    new Option('--dry-run', 'with --update: print the difference and write nothing'),
    new Option(
      '--docker-config <file>',
      'a config.json of docker or auth.json of podman (default: that of $DOCKER_CONFIG or ~/.docker)',
    ),
    new Option('--pull-secret <file...>', 'files with Secrets of the type kubernetes.io/dockerconfigjson'),
    new Option(
      '--plain-http',
      'use http for all registries (default: only for those on this machine, unless --ca is given)',
    ),
    new Option('--ca <file>', 'certificates to trust instead of those that Node trusts, as PEM'),
    new Option('--timeout <seconds>', 'how long to wait for each answer').default(TIMEOUT_SECONDS).argParser(seconds),
    new Option('-o, --output <format>', 'yaml, or json').choices(['yaml', 'json']).default('yaml'),
  ],
  async run(given, io) {
    const update = textOption(given, 'update');
    const file = update === undefined ? undefined : await fileToUpdate(update, io);
    if (flagOption(given, 'dryRun') && !file) throw new UsageError('--dry-run without --update (expected both)');
    const named = file ? namedRows(file) : undefined;
    const images = [...new Set([...given.args, ...(named?.named.map(({ image }) => image) ?? [])])];
    if (images.length === 0) {
      const why = update === undefined ? 'no images given' : `${update}: no row names one image`;
      throw new UsageError(`${why} (expected for example sandgate users ghcr.io/acme/agent:1.4.2)`);
    }
    const { rows, left } = await lookUp(images, given, io);
    if (file && update !== undefined) {
      const filled = withRows(file, rows);
      io.stdout.write(diff.filledIn?.([filled]) ?? '');
      if (!flagOption(given, 'dryRun')) writeWhole(update, filledText(filled), io.cwd);
      const others = named?.others ?? 0;
      if (others > 0) say(io, `${update}: ${othersInWords(others)}`);
    } else io.stdout.write(textOption(given, 'output') === 'json' ? jsonOf(rows, left) : yamlOf(rows));
    return left.length > 0 ? EXIT.usage : EXIT.ok;
  },
};

function othersInWords(count: number): string {
  return count === 1
    ? '1 row is about more than one image, and stays as it is'
    : `${count} rows are about more than one image, and stay as they are`;
}

/** An image without a row. */
interface Left {
  readonly image: string;
  readonly why: string;
}

async function lookUp(images: readonly string[], given: Given, io: Io) {
  const options = lookOptions(given, await keychainOf(given, io), io);
  const rowOptions = { byDigest: flagOption(given, 'byDigest'), today: new Date().toISOString().slice(0, 10) };
  const rows: ImageRow[] = [];
  const left: Left[] = [];
  for (const image of images) {
    try {
      const facts = await imageFacts(image, options);
      const row = rowOf(facts, rowOptions);
      if (row) rows.push(row);
      else left.push({ image: imageName(facts), why: facts.why ?? 'nothing is known of it' });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      left.push({ image, why: error.message });
    }
  }
  for (const { image, why } of left) say(io, `${image}: no row: ${why}`);
  return { rows, left };
}

function lookOptions(given: Given, keychain: Keychain, { cwd }: Io): LookOptions {
  const ca = textOption(given, 'ca');
  const { timeout } = given.options;
  return {
    keychain,
    plainHttp: flagOption(given, 'plainHttp'),
    ca: ca === undefined ? undefined : readNamed(ca, cwd),
    timeoutMs: (typeof timeout === 'number' ? timeout : TIMEOUT_SECONDS) * 1000,
    platform: textOption(given, 'platform'),
    layers: flagOption(given, 'layers'),
  };
}

async function keychainOf(given: Given, io: Io): Promise<Keychain> {
  const keychains: Keychain[] = [];
  try {
    for (const { file, text } of await readFiles(listOption(given, 'pullSecret'), io)) {
      const { documents, problems } = parseManifest(text, file);
      if (problems.length > 0) throw problemsError(problems);
      if (documents.length === 0)
        throw new UsageError(`${file}: no pull secret in it (expected a Secret with .dockerconfigjson in its data)`);
      keychains.push(...documents.map(({ value }) => secretKeychain(value, file)));
    }
    const named = textOption(given, 'dockerConfig');
    const folder = io.env.DOCKER_CONFIG ?? join(io.env.HOME ?? homedir(), '.docker');
    const text = named === undefined ? readIfThere(join(folder, 'config.json')) : readNamed(named, io.cwd);
    if (text !== undefined) keychains.push(dockerKeychain(text, named ?? join(folder, 'config.json'), io.env));
  } catch (error) {
    throw error instanceof RegistryError ? new UsageError(error.message) : error;
  }
  return anyKeychain(keychains);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Most people have none.
    return undefined;
  }
}

function readNamed(file: string, cwd: string): string {
  if (file === '') throw new UsageError('an empty path (expected a file)');
  const text = readIfThere(resolve(cwd, file));
  if (text === undefined) throw new UsageError(`${file}: cannot be read (expected a file)`);
  return text;
}

async function fileToUpdate(path: string, io: Io): Promise<InputFile> {
  const { files, problems } = parseFiles(await readFiles([path], io));
  if (problems.length > 0) throw problemsError(problems);
  const [file, ...others] = files;
  if (!file || others.length > 0) throw new UsageError(`--update ${path} (expected one file with policies)`);
  return file;
}

function yamlOf(rows: readonly ImageRow[]): string {
  return rows.length === 0 ? '' : stringify({ images: rows }, { version: '1.1', lineWidth: 0 });
}

function jsonOf(images: readonly ImageRow[], left: readonly Left[]): string {
  return `${JSON.stringify({ images, withoutRow: left }, null, 2)}\n`;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 600)) throw new InvalidArgumentError('(expected seconds, up to 600)');
  return value;
}

function platformName(text: string): string {
  if (/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9.]+)?$/.test(text)) return text;
  throw new InvalidArgumentError('(expected an operating system and an architecture, such as linux/arm64)');
}
