// Keys are made in the application: time-ordered, so that inserts stay at the end of an index and ranges follow age.
import { v7 } from 'uuid';

/** A new uuidv7. */
export const newId = (): string => v7();
