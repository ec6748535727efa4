import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const CELLS = 33;
const CELL = 8;
const MARGIN = 4;
const SIZE = (CELLS + 2 * MARGIN) * CELL;
const KEYWORD = 'sim-code';

/**
 * A square black and white picture for a text. It only looks like a code: the text itself stands in a comment of the
 * file, where the simulator's camera reads it.
 */
export function codePicture(text: string): Buffer {
  const rows: Buffer[] = [];
  const pattern = patternOf(text);
  for (let y = 0; y < SIZE; y += 1) {
    const row = Buffer.alloc(SIZE + 1, 255);
    row[0] = 0;
    for (let x = 0; x < SIZE; x += 1) if (isDark(pattern, Math.floor(x / CELL) - MARGIN, Math.floor(y / CELL) - MARGIN)) row[x + 1] = 0;
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const comment = Buffer.from(`${KEYWORD}\0${Buffer.from(text).toString('base64')}`, 'latin1');
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('tEXt', comment), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
}

/** The text a picture of `codePicture` stands for; null for any other file. */
export function textOfPicture(file: Buffer): string | null {
  const start = file.indexOf(`${KEYWORD}\0`);
  if (start < 8) return null;
  const length = file.readUInt32BE(start - 8);
  return Buffer.from(file.toString('latin1', start + KEYWORD.length + 1, start + length), 'base64').toString();
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function patternOf(text: string): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i * 256 < CELLS * CELLS; i += 1) parts.push(createHash('sha256').update(`${i}|${text}`).digest());
  return Buffer.concat(parts);
}

function isDark(pattern: Buffer, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= CELLS || y >= CELLS) return false;
  const far = CELLS - 7;
  // Three corner marks, so that it is recognised as a code at a glance.
  for (const [left, top] of [[0, 0], [far, 0], [0, far]] as const) {
    const [dx, dy] = [x - left, y - top];
    if (dx < -1 || dy < -1 || dx > 7 || dy > 7) continue;
    const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3));
    return ring === 3 || ring <= 1;
  }
  const bit = y * CELLS + x;
  return (((pattern[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1;
}
