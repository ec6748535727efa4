// How often strangers may make us store something: by address, and by merchant so that one shop's flood is not everybody's.
import { Inject, Injectable } from '@nestjs/common';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CONFIG, type Config } from '../../config.js';
import { AppError } from '../errors/app-error.js';
import { isLoopback, networkOf } from '../network.js';
import type { GraphContext } from './loaders.js';

const MINUTE_SECONDS = 60;

/** A shop has many customers: a busy one opens its doors to this many addresses at once. */
const ADDRESSES_PER_SHOP = 100;

/**
 * Counts within this process only, on purpose: a guard against floods may be a little generous with several processes,
 * but must cost the rush of a good day nothing.
 */
@Injectable()
export class PublicRate {
  private readonly byAddress?: RateLimiterAbstract;
  private readonly byShop?: RateLimiterAbstract;

  constructor(@Inject(CONFIG) config: Config) {
    const perMinute = config.publicRatePerMinute;
    if (perMinute === 0) return;
    this.byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: perMinute, duration: MINUTE_SECONDS });
    this.byShop = new RateLimiterMemory({ keyPrefix: 'shop', points: perMinute * ADDRESSES_PER_SHOP, duration: MINUTE_SECONDS });
  }

  /** Counts one call of a resolver, by its arguments (parent, args, context, info). @throws throttled with the seconds to wait */
  take(call: unknown[]): true | Promise<true> {
    const { tenantSlug } = call[1] as { tenantSlug: string };
    const { ip } = (call[2] as GraphContext).request;
    return !this.byAddress || isLoopback(ip) ? true : this.count(networkOf(ip), tenantSlug);
  }

  private async count(network: string, shop: string): Promise<true> {
    try {
      await this.byAddress!.consume(network);
      // Second, and only if the first let it pass: one caller alone cannot use up a shop's share.
      await this.byShop!.consume(shop);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      const seconds = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000));
      throw new AppError('throttled', `Too many requests. Please wait ${seconds} seconds.`, { retryAfterSeconds: seconds });
    }
  }
}
