// Reads what WeChat sends: XML or JSON into plain values. All scalars come out as text, because ids have 64 bits
// and the same number arrives as a number in one format and as a string in the other.
import { XMLParser } from 'fast-xml-parser';
import { PayloadError } from '../../adapter.js';
import type { CallbackFormat } from '../../adapter.js';

export type Body = { [key: string]: BodyValue };
export type BodyValue = string | Body | BodyValue[];

/** A callback is small; what is longer or deeper is not from the platform. */
export const MAX_BODY_BYTES = 1_048_576;
const MAX_DEPTH = 16;
const CDATA = '#cdata';

const xml = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: true,
  processEntities: false, // no document type, no expansion: the five named entities are undone below
  cdataPropName: CDATA, // kept apart, because inside it "&lt;" means those four letters
});

/** @throws PayloadError when the text is not a well-formed object of that format. */
export function readBody(text: string, format: CallbackFormat): Body {
  if (text.length > MAX_BODY_BYTES) throw new PayloadError('body too large');
  if (text.includes('\0')) throw new PayloadError('a NUL in the body');
  return format === 'json' ? readJson(text) : readXml(text);
}

/** JSON when the first character says so; WeChat's content type cannot be trusted. */
export function formatOf(text: string): CallbackFormat {
  return /^\s*\{/u.test(text) ? 'json' : 'xml';
}

// Strings are matched whole so that digits inside them stay alone; then any bare integer of 16 digits or more.
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/gu;

/** JSON.parse that keeps long integers (64-bit ids) as text with all their digits. @throws SyntaxError */
export function parseWideJson(text: string): unknown {
  if (!/\d{16}/u.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(STRING_OR_LONG_INTEGER, (part) => (part.startsWith('"') ? part : `"${part}"`)));
}

function readJson(text: string): Body {
  try {
    const value = textual(parseWideJson(text), 0);
    if (isBody(value)) return value;
  } catch (error) {
    throw new PayloadError(`not JSON: ${error instanceof Error ? error.message : ''}`);
  }
  throw new PayloadError('not a JSON object');
}

function readXml(text: string): Body {
  if (/<!(?:DOCTYPE|ENTITY)/iu.test(text)) throw new PayloadError('document types are not allowed');
  let root: unknown;
  try {
    root = textual((xml.parse(text, true) as { xml?: unknown }).xml, 0, unescapeXml);
  } catch (error) {
    throw new PayloadError(`not XML: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isBody(root)) throw new PayloadError('no <xml> element');
  return root;
}

function textual(value: unknown, depth: number, read: (text: string) => string = (text) => text): BodyValue {
  if (depth > MAX_DEPTH) throw new PayloadError('nested too deep');
  if (Array.isArray(value)) return value.map((one) => textual(one, depth + 1, read));
  if (value !== null && typeof value === 'object') {
    if (CDATA in value) return storable(scalarOf(value));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, textual(one, depth + 1, read)]));
  }
  if (typeof value === 'string') return storable(read(value));
  return value === null || value === undefined ? '' : `${value as number | boolean}`;
}

/** Customers write the text: what no database takes (NUL, half a surrogate pair) must not hold up the pushes of everybody else in a batch. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An element of CDATA sections, perhaps with plain text beside them. */
function scalarOf(value: { [CDATA]?: unknown; '#text'?: unknown }): string {
  const inside = value[CDATA];
  const outside = typeof value['#text'] === 'string' ? unescapeXml(value['#text']) : '';
  return (Array.isArray(inside) ? inside.join('') : `${inside as string}`) + outside;
}

function unescapeXml(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/gu, (_all, name: string) => NAMED[name] ?? '');
}

export const isBody = (value: unknown): value is Body => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A field as text, '' when absent or not a scalar. */
export function textOf(body: Body, key: string): string {
  const value = body[key];
  return typeof value === 'string' ? value : '';
}

/** A field that is one object, several, or absent: always a list of objects. */
export function listOf(value: BodyValue | undefined): Body[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => isBody(one));
}
