// Keys are made in the application: time-ordered, so that inserts stay at the end of an index and ranges follow age.
import { randomFillSync, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

// Randomness is drawn for many ids at a time: a call to the generator for each id cost a tenth of a busy process.
const pool = new Uint8Array(16 * 256);
let drawn = pool.length;
let millisecond = 0;
let sequence = 0;

function random16(): Uint8Array {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += 16;
  return pool.subarray(drawn - 16, drawn);
}

/** A new uuidv7, greater than every one this process made before. */
export function newId(): string {
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    sequence = randomInt(0x7f_ff_ff_ff);
  } else if (sequence < 0xff_ff_ff_ff) sequence += 1;
  else {
    millisecond += 1; // two thousand million ids in a millisecond, or a clock put back for long: time follows the ids
    sequence = 0;
  }
  return v7({ random: random16(), msecs: millisecond, seq: sequence });
}
