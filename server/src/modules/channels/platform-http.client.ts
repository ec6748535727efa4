// The platform's side of core/http: a missing answer becomes a PlatformSilence, which adapters know how to read.
import { Injectable } from '@nestjs/common';
import { AppError } from '../../core/errors/app-error.js';
import { Http } from '../../core/http.js';
import { PlatformSilence, type PlatformHttp, type PlatformRequest } from './adapter.js';

@Injectable()
export class PlatformHttpClient implements PlatformHttp {
  constructor(private readonly http: Http) {}

  /** @throws PlatformSilence when no answer came; bug inside a write transaction. */
  async exchange(request: PlatformRequest): Promise<{ status: number; text: string; bytes?: Buffer }> {
    try {
      const { status, body, bytes } = await this.http.request(request);
      return { status, text: body, ...(bytes === undefined ? {} : { bytes }) };
    } catch (error) {
      if (error instanceof AppError && error.kind === 'upstream') throw new PlatformSilence(error.message, error.details['maybeDone'] !== false);
      throw error;
    }
  }
}
