// Text with variables, as merchants write it: `Hi {{customer.name | default: "friend"}}`. Values only, no logic, so that a text can be
// checked when it is saved and never surprises when it is sent.

export const MESSAGE_VARIABLES = {
  'customer.name': { group: 'customer', zh: '客户称呼', en: 'Customer name', sample: '王小明' },
  'coupon.name': { group: 'coupon', zh: '最快到期的券', en: 'Coupon that expires first', sample: '满50减10' },
  'coupon.expires_at': { group: 'coupon', zh: '券到期时间', en: 'When that coupon expires', sample: '2026年12月1日 18:00' },
  'shop.name': { group: 'shop', zh: '店铺名称', en: 'Shop name', sample: '回流咖啡' },
} as const satisfies Record<string, { group: string; zh: string; en: string; sample: string }>;

export type MessageVariable = keyof typeof MESSAGE_VARIABLES;
export type MessageValues = Partial<Record<MessageVariable, string>>;

type Part = string | { name: MessageVariable; fallback: string | undefined };

export type TextProblem =
  | { problem: 'unknown_variable'; variable: string }
  | { problem: 'bad_braces'; near: string };

export type ParsedText = { ok: true; parts: readonly Part[] } | ({ ok: false } & TextProblem);

const VARIABLE = /^\s*([a-z_]+\.[a-z_]+)\s*(?:\|\s*default:\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”)\s*)?$/u;

export function isMessageVariable(name: string): name is MessageVariable {
  return Object.hasOwn(MESSAGE_VARIABLES, name);
}

/** Reads a text once; what comes out can be filled any number of times. */
export function parseMessageText(text: string): ParsedText {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{{');
    const plain = open < 0 ? rest : rest.slice(0, open);
    if (plain.includes('}}') || plain.includes('{%')) return { ok: false, problem: 'bad_braces', near: plain.slice(-20) };
    if (plain !== '') parts.push(plain);
    if (open < 0) break;
    const close = rest.indexOf('}}', open);
    if (close < 0) return { ok: false, problem: 'bad_braces', near: rest.slice(open, open + 20) };
    const variable = readVariable(rest.slice(open + 2, close));
    if ('problem' in variable) return { ok: false, ...variable };
    parts.push(variable);
    rest = rest.slice(close + 2);
  }
  return { ok: true, parts };
}

function readVariable(inner: string): Exclude<Part, string> | TextProblem {
  const match = VARIABLE.exec(inner);
  if (match === null) return { problem: 'bad_braces', near: inner.trim().slice(0, 20) };
  const name = match[1] ?? '';
  if (!isMessageVariable(name)) return { problem: 'unknown_variable', variable: name };
  return { name, fallback: match[2] ?? match[3] ?? match[4] };
}

/** Variables without a fallback: a person who lacks one of them cannot get this text. */
export function requiredVariables(parts: readonly Part[]): MessageVariable[] {
  const names = parts.flatMap((part) => (typeof part !== 'string' && part.fallback === undefined ? [part.name] : []));
  return [...new Set(names)];
}

/** The text for one person, or the name of the first variable that is missing. */
export function fillMessageText(parts: readonly Part[], values: MessageValues): { text: string } | { missing: MessageVariable } {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = values[part.name] ?? part.fallback;
    if (value === undefined) return { missing: part.name };
    text += value;
  }
  return { text };
}

/** Sample values for a preview without a person. */
export function sampleValues(): Record<MessageVariable, string> {
  const entries = Object.entries(MESSAGE_VARIABLES).map(([name, { sample }]) => [name, sample]);
  return Object.fromEntries(entries) as Record<MessageVariable, string>;
}
