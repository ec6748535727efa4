// The command line of the demo.
import { parseArgs } from 'node:util';

export const HELP = `npm run demo -- [options]

Tells the story of a bakery, 晨光烘焙, against a running system: customers come in by entry links, are prompted, accept or
refuse, claim, write, redeem; then one campaign calls some back. Everything goes through public HTTP and signed callbacks.
Each run opens a fresh shop with an account of its own (printed at the end), so that every total can be checked from zero;
the shop of the first start is left as it is. Ends with 1 and names the total when one is off.

  --url URL           the system (default: the one that npm start runs here, else http://127.0.0.1:8080)
  --people N          how many people come (default 300)
  --seed N            the same number draws the same people and deeds (default 1); who is held back is drawn anew each time
  --concurrency N     how many act at once (default 8)
  --patience N        seconds to wait for totals that do not agree yet (default 60)
  --help              this text`;

export interface Options {
  url: string | undefined;
  people: number;
  seed: number;
  width: number;
  /** Seconds. */
  patience: number;
  isFirst: boolean;
  out: string | undefined;
  isHelp: boolean;
}

/** @throws Error with a sentence for a wrong option */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      url: { type: 'string' }, people: { type: 'string' }, seed: { type: 'string' }, concurrency: { type: 'string' }, patience: { type: 'string' },
      first: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean' },
    },
  });
  return {
    url: values.url?.replace(/\/+$/, ''),
    people: whole('people', values.people ?? '300', [3, 5000]),
    seed: whole('seed', values.seed ?? '1', [0, 2 ** 31 - 1]),
    width: whole('concurrency', values.concurrency ?? '8', [1, 64]),
    patience: whole('patience', values.patience ?? '60', [1, 600]),
    isFirst: values.first ?? false,
    out: values.out,
    isHelp: values.help ?? false,
  };
}

function whole(name: string, text: string, [least, most]: readonly [number, number]): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`--${name} takes a whole number from ${least} to ${most}, not ${text}.`);
}
