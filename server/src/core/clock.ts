// The one clock. Rules take `now` as an argument; services ask here, so that a test can stand at any instant.
import { Injectable } from '@nestjs/common';

@Injectable()
export class Clock {
  private fixed?: number;

  now(): Date {
    return new Date(this.fixed ?? Date.now());
  }

  /** Tests only: stand still at this instant; undefined lets time run again. */
  set(at: Date | undefined): void {
    this.fixed = at?.getTime();
  }
}
