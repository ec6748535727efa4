// `npm run demo`: the demo story against a running system. This file stays readable for any Node; the story needs the shipped one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedNode } from './local/install.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const node = shippedNode(ROOT);

if (!fs.existsSync(node)) {
  console.error('The packages are not installed yet. Start the system once with "npm start"; then run the demo beside it.');
  process.exit(1);
}
const child = spawn(node, [path.join(ROOT, 'test', 'demo', 'run.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; we stay until it has ended
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
