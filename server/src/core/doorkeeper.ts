// Who is calling. Modules above register how to read a session cookie, an API key or a play token; core only asks in order.
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newId } from './ids.js';
import type { Context } from './context.js';

/** Reads one kind of proof; undefined when the request carries none of this kind. May throw unauthenticated. */
export type ReadProof = (request: FastifyRequest) => Promise<Pick<Context, 'actor' | 'tenantId'> | undefined>;

@Injectable()
export class Doorkeeper {
  private readonly readers: ReadProof[] = [];

  register(reader: ReadProof): void {
    this.readers.push(reader);
  }

  async identify(request: FastifyRequest): Promise<Context> {
    const requestId = request.id || newId();
    for (const read of this.readers) {
      const found = await read(request);
      if (found) return { ...found, requestId };
    }
    return { actor: { kind: 'public' }, requestId };
  }
}

/** The bearer token of a request, or undefined. */
export const bearer = (request: FastifyRequest): string | undefined => /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
