// Guessing passwords is slowed down for all processes together: by account and by address.
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { type DbPool, rawPool, SYSTEM_POOL } from '../../core/db/data-source.js';
import { AppError } from '../../core/errors/app-error.js';
import { networkOf } from '../../core/network.js';
import { hashSecret } from '../../core/secrets.js';

const MINUTES = 15;

@Injectable()
export class SignInThrottle {
  private readonly byEmail: RateLimiterPostgres;
  private readonly byAddress: RateLimiterPostgres;

  constructor(@Inject(SYSTEM_POOL) source: DbPool) {
    const storeClient = rawPool(source);
    const common = { storeClient, storeType: 'pool', tableName: 'sign_in_throttle', tableCreated: true, duration: MINUTES * 60, clearExpiredByTimeout: false } as const;
    this.byEmail = new RateLimiterPostgres({ ...common, keyPrefix: 'email', points: 10 });
    this.byAddress = new RateLimiterPostgres({ ...common, keyPrefix: 'address', points: 100 });
  }

  /** Counts one try. @throws throttled with the seconds to wait. */
  async take(email: string, address: string): Promise<void> {
    try {
      await Promise.all([this.byEmail.consume(keyOf(email)), this.byAddress.consume(networkOf(address))]);
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      const seconds = Math.ceil(thrown.msBeforeNext / 1000);
      throw new AppError('throttled', `Too many tries. Please wait ${Math.ceil(seconds / 60)} minutes.`, { retryAfterSeconds: seconds });
    }
  }

  /** A right password clears the account's count. */
  async clear(email: string): Promise<void> {
    await this.byEmail.delete(keyOf(email));
  }
}

/** An address of any length fits the table's key. */
const keyOf = (email: string): string => hashSecret(email).toString('base64url');
