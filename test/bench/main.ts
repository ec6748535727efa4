// `pnpm bench [name …] [--scale small|full]`: each benchmark beside its yardstick, one JSON line on stdout each, progress on stderr.
import { parseArgs } from 'node:util';

export type Scale = 'small' | 'full';
interface Bench {
  run(options: { scale: Scale }): Promise<object>;
}

const benches: Record<string, () => Promise<Bench>> = {
  claim: () => import('./claim.ts'),
  callback: () => import('./callback.ts'),
  dispatch: () => import('./dispatch.ts'),
  start: () => import('./start.ts'),
  play: () => import('./play.ts'),
  soak: () => import('./soak.ts'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string', default: 'small' } } });
const scale = values.scale;
if (scale !== 'small' && scale !== 'full') throw new Error(`--scale is small or full, not ${scale}`);
const names = positionals.length > 0 ? positionals : Object.keys(benches);
for (const name of names) {
  const load = benches[name];
  if (!load) throw new Error(`There is no benchmark ${name}; there are ${Object.keys(benches).join(', ')}.`);
  process.stderr.write(`${name} (${scale})\n`);
  const result = (await (await load()).run({ scale })) as { violations?: number };
  console.log(JSON.stringify({ bench: name, scale, ...result }));
  if ((result.violations ?? 0) > 0) process.exitCode = 1; // wrong results are no results
}
process.exit();
