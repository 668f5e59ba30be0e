// docs/cluster-cases.md: the cases of test/cluster/cases, as the test runner finds them. `node test/cluster/support/case-table.ts`
// writes it, with `--print` to standard output instead; test/cluster-cases.test.ts proves it fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { createVitest, type TestCase, type TestModule } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '../../..');
const CASES = 'test/cluster/cases';
const PAGE = resolve(ROOT, 'docs/cluster-cases.md');

const HEAD = `<!-- Made by \`node test/cluster/support/case-table.ts\` from the tests themselves: do not edit. -->

# Asserted on a real API server

Each line is a test of \`${CASES}\`: \`npm run test:cluster -- cases\` runs them all, against etcd, kube-apiserver and
kube-controller-manager as [testing](testing.md#a-cluster-of-real-parts) describes them. The server under test is the process
\`node src/main.ts serve\`, with policies and namespaces from that cluster, behind the webhook configurations that
\`scripts/registration.ts\` makes. Sandboxes are stored under small definitions of their kinds, and a stand-in makes their pods;
everything else that asks is real.
`;

/** The page, from the tests as they are now. Runs none of them. */
async function renderPage(): Promise<string> {
  const vitest = await createVitest(
    'test',
    // In one thread, and without the programs: nothing is started, so nothing needs to be apart.
    {
      root: ROOT,
      config: 'vitest.cluster.config.ts',
      watch: false,
      globalSetup: [],
      pool: 'threads',
      isolate: false,
      maxWorkers: 1,
    },
  );
  try {
    // Run as far as the names go, which `test.each` makes of its rows.
    const { testModules, unhandledErrors } = await vitest.collect([CASES], { staticParse: false });
    const errors = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())];
    if (errors.length > 0) throw new Error(`the tests cannot be read: ${JSON.stringify(errors)}`);
    const modules = testModules.toSorted((one, other) => one.moduleId.localeCompare(other.moduleId));
    const total = modules.reduce((sum, module) => sum + casesOf(module).length, 0);
    return `${HEAD}\n${total} cases:\n${modules.map(renderModule).join('')}`;
  } finally {
    await vitest.close();
  }
}

function casesOf(module: TestModule): readonly TestCase[] {
  return [...module.children.allTests()];
}

function renderModule(module: TestModule): string {
  const file = relative(ROOT, module.moduleId);
  const title = basename(file, '.test.ts').replaceAll('-', ' ');
  const cases = casesOf(module);
  const rows = cases.map((one) => `| ${nameOf(one)} |\n`).join('');
  const heading = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  return `\n## ${heading}\n\n${aboutOf(module.moduleId)}\n\n| \`${file}\`: ${cases.length} |\n| --- |\n${rows}`;
}

/** The sentence that a file begins with. */
function aboutOf(path: string): string {
  const lines = readFileSync(path, 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('// '));
  return lines
    .slice(0, end)
    .map((line) => line.slice('// '.length))
    .join(' ');
}

/** What it asserts, with the descriptions around it in front. */
function nameOf({ fullName, options }: TestCase): string {
  const text = fullName.replaceAll(' > ', ': ').replaceAll('|', '\\|');
  if (options.fails === true) return `${text} (**does not hold yet**)`;
  return options.mode === 'skip' || options.mode === 'todo' ? `${text} (**not asserted**)` : text;
}

const page = await renderPage();
if (process.argv.includes('--print')) process.stdout.write(page);
else writeFileSync(PAGE, page);
