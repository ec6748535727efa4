// Passwords: argon2id, and the same work whether the account exists or not.
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

@Injectable()
export class Passwords {
  private readonly decoy = hash('no such account', COST);

  hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /** @param known undefined when the account does not exist: the answer is no, after the same work. */
  async matches(known: string | undefined, password: string): Promise<boolean> {
    const isRight = await verify(known ?? (await this.decoy), password);
    return known !== undefined && isRight;
  }
}
