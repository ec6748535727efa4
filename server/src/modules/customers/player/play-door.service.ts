// Reads the play token of a request: no look-up, so that a rush of claims costs no reads.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { bearer, Doorkeeper } from '../../../core/doorkeeper.js';
import { AppError } from '../../../core/errors/app-error.js';
import { isPlayToken, readPlayToken, type PlayClaims } from '../../../core/play-token.js';
import { MergedIds } from '../identity/merged-ids.service.js';

// A phone comes back with the same token for every tap; checking a signature costs more than all else a door does.
const REMEMBERED = 8192;

@Injectable()
export class PlayDoor {
  private readonly checked = new Map<string, PlayClaims>();

  constructor(
    doorkeeper: Doorkeeper,
    private readonly clock: Clock,
    private readonly merged: MergedIds,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    doorkeeper.register((request) => {
      const token = bearer(request);
      if (!token || !isPlayToken(token)) return undefined;
      const claims = this.read(token);
      if (!claims) throw new AppError('unauthenticated', 'The play token is over or not ours. Sign the customer in again.');
      const { tenantId } = claims;
      const now = this.merged.current(tenantId, claims.customerId);
      const proven = (id: string) => ({ tenantId, actor: { kind: 'customer' as const, id } });
      return now instanceof Promise ? now.then(proven) : proven(now);
    });
  }

  private read(token: string): PlayClaims | undefined {
    const now = this.clock.now();
    const known = this.checked.get(token);
    if (known) return known.expiresAt > now ? known : undefined;
    const claims = readPlayToken(token, now, this.config.secretKeys);
    if (!claims) return undefined;
    if (this.checked.size >= REMEMBERED) this.checked.delete(this.checked.keys().next().value!);
    this.checked.set(token, claims);
    return claims;
  }
}
