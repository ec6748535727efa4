// Who is calling. Modules above register how to read a session cookie, an API key or a play token; core only asks in order.
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newId } from './ids.js';
import type { Context } from './context.js';

type Proven = Pick<Context, 'actor' | 'tenantId'>;

/** Reads one kind of proof; undefined, and no promise, when the request carries none of this kind. May throw unauthenticated. */
export type ReadProof = (request: FastifyRequest) => Promise<Proven | undefined> | Proven | undefined;

@Injectable()
export class Doorkeeper {
  private readonly readers: ReadProof[] = [];

  register(reader: ReadProof): void {
    this.readers.push(reader);
  }

  /** Answers at once when no look-up is needed: a rush of customers waits for nothing here. */
  identify(request: FastifyRequest): Promise<Context> | Context {
    return this.askFrom(0, request, request.id || newId());
  }

  private askFrom(first: number, request: FastifyRequest, requestId: string): Promise<Context> | Context {
    for (let at = first; at < this.readers.length; at += 1) {
      const found = this.readers[at]!(request);
      if (found instanceof Promise) return found.then((late) => (late ? contextOf(late, requestId) : this.askFrom(at + 1, request, requestId)));
      if (found) return contextOf(found, requestId);
    }
    return { actor: { kind: 'public' }, requestId };
  }
}

const contextOf = ({ actor, tenantId }: Proven, requestId: string): Context => ({ actor, tenantId, requestId });

/** The bearer token of a request, or undefined. */
export const bearer = (request: FastifyRequest): string | undefined => {
  const { authorization } = request.headers;
  return authorization === undefined ? undefined : /^Bearer (\S+)$/i.exec(authorization)?.[1];
};
