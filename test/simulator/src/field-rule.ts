/** Whether a value may stand in a field of this type. `allowed` lists the values of an enum field. */
export function fieldAccepts(type: string, value: unknown, allowed?: string[]): boolean {
  if (typeof value !== 'string' || value.trim() === '') return false;
  if (type === 'enum' || type === 'enum_string') return allowed === undefined || allowed.includes(value);
  const rule = rules[type];
  return rule === undefined || rule(value);
}

/** Length as the platform counts it: characters, not UTF-16 units. */
function size(value: string): number {
  return [...value].length;
}

function matches(pattern: RegExp, max: number): (value: string) => boolean {
  return (value) => size(value) <= max && pattern.test(value);
}

const day = String.raw`\d{4}(?:年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|\/\d{1,2}\/\d{1,2}|\.\d{1,2}\.\d{1,2})`;
const clock = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?`;
const moment = `(?:${day}\\s*)?${clock}`;
const dated = `${day}(?:\\s*${clock})?`;

function span(one: string): RegExp {
  return new RegExp(`^${one}(?:\\s*~\\s*(?:${one}|${clock}))?$`);
}

function isName(value: string): boolean {
  if (/[\n\r]/.test(value)) return false;
  const chinese = /\p{Script=Han}/u.test(value);
  return size(value) <= (chinese ? 10 : 20) && !/\d/.test(value);
}

const rules: Record<string, (value: string) => boolean> = {
  thing: (value) => size(value) <= 20 && !/[\n\r]/.test(value),
  number: matches(/^-?\d+(\.\d+)?$/, 32),
  letter: matches(/^[A-Za-z]+$/, 32),
  symbol: matches(/^[^\p{L}\p{N}\s]+$/u, 5),
  character_string: matches(/^[\x21-\x7e]+$/, 32),
  time: matches(span(moment), 64),
  date: matches(span(dated), 64),
  amount: matches(/^[\u00a5\uffe5$\u20ac\u00a3]?\d{1,10}(\.\d+)?元?$/, 20),
  phone_number: matches(/^[\d+\-() ]+$/, 17),
  car_number: matches(/^[\p{Script=Han}A-Za-z0-9][A-Za-z0-9]+[\p{Script=Han}A-Za-z0-9]$/u, 8),
  name: isName,
  phrase: matches(/^\p{Script=Han}+$/u, 5),
};
