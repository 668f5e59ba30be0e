// A program that prints the replies of the webhook so that people can read them: on the wire the patch is base64.

/** Reads one reply per line from standard input. For any Node that somebody may have, without anything else. */
export const READER = `import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  let response;
  try {
    ({ response } = JSON.parse(line));
  } catch {}
  if (!response) {
    console.log(line);
    continue;
  }
  const { allowed, status, warnings = [], patch } = response;
  console.log(allowed ? 'allowed' : \`denied: \${status?.message ?? ''}\`);
  for (const warning of warnings) console.log(\`  warning: \${warning}\`);
  const operations = patch ? JSON.parse(Buffer.from(patch, 'base64').toString()) : [];
  for (const { op, path, value } of operations) console.log(\`  \${op} \${path} \${JSON.stringify(value) ?? ''}\`);
}
`;
