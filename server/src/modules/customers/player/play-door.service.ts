// Reads the play token of a request: no look-up, so that a rush of claims costs no reads.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import { Clock } from '../../../core/clock.js';
import { bearer, Doorkeeper } from '../../../core/doorkeeper.js';
import { AppError } from '../../../core/errors/app-error.js';
import { isPlayToken, readPlayToken } from '../../../core/play-token.js';

@Injectable()
export class PlayDoor {
  constructor(doorkeeper: Doorkeeper, clock: Clock, @Inject(CONFIG) config: Config) {
    doorkeeper.register(async (request) => {
      const token = bearer(request);
      if (!token || !isPlayToken(token)) return undefined;
      const claims = readPlayToken(token, clock.now(), config.secretKeys);
      if (!claims) throw new AppError('unauthenticated', 'The play token is over or not ours. Sign the customer in again.');
      return { tenantId: claims.tenantId, actor: { kind: 'customer', id: claims.customerId } };
    });
  }
}
