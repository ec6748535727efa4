// The addresses of the operator's platform apps: /hooks/open/wechat for the third-party platform itself,
// /hooks/open/wechat/:appid/callback for the accounts behind it, /hooks/open/wecom for the provider-developed app. The same promise as the other callbacks: check, store, answer.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOG, type Log } from '../../../core/log.js';
import { PayloadError, type CallbackRefusal, type InboundRequest } from '../adapter.js';
import { InboundIntake } from '../inbound/inbound-intake.service.js';
import { RejectionCounter } from '../inbound/rejection-counter.service.js';
import { inboundOf, routeCallbacks, TEXT } from '../inbound/callback-routes.controller.js';
import { PlatformPushes } from './platform-pushes.service.js';
import { SuitePushes } from './suite-pushes.service.js';

const WARN_EVERY_MS = 10_000;

@Injectable()
export class OpenWebhooksController implements OnModuleInit {
  private warnedAt = 0;

  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly pushes: PlatformPushes,
    private readonly suite: SuitePushes,
    private readonly intake: InboundIntake,
    private readonly rejections: RejectionCounter,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): Promise<void> {
    return routeCallbacks(this.host, [
      { methods: ['POST'], url: '/hooks/open/wechat', handler: (request, reply) => this.forPlatform(request, reply) },
      { url: '/hooks/open/wecom', handler: (request, reply) => this.forSuite(request, reply) },
      { url: '/hooks/open/wechat/:appid/callback', handler: (request, reply) => this.forAccount(request, reply) },
    ]);
  }

  private forPlatform(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return this.take(this.pushes.open(inboundOf(request)), (payload) => this.pushes.receive(payload), reply);
  }

  private async forSuite(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const inbound = inboundOf(request);
    if (inbound.method === 'POST') return this.take(this.suite.open(inbound), (payload) => this.suite.receive(payload), reply);
    const opened = this.suite.handshake(inbound);
    return typeof opened === 'string' ? this.refuse(opened, reply) : reply.type(TEXT).send(opened.answer);
  }

  private async take(opened: { payload: string } | CallbackRefusal, receive: (payload: string) => Promise<void>, reply: FastifyReply): Promise<FastifyReply> {
    if (typeof opened === 'string') return this.refuse(opened, reply);
    try {
      await receive(opened.payload);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      return this.refuse('malformed', reply);
    }
    return reply.type(TEXT).send('success');
  }

  private refuse(reason: CallbackRefusal, reply: FastifyReply): FastifyReply {
    // Anyone may knock here: the operator has to learn of it, the log must not be filled by it.
    if (Date.now() - this.warnedAt > WARN_EVERY_MS) {
      this.warnedAt = Date.now();
      this.log.warn({ reason }, 'a push for a platform app was refused');
    }
    return reply.code(reason === 'not_configured' ? 404 : 403).type(TEXT).send(reason);
  }

  private async forAccount(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { appid = '' } = request.params as { appid?: string };
    const inbound = inboundOf(request);
    const found = await this.pushes.channelOf(appid);
    if (found === undefined) return this.forNobody(inbound, reply);
    const verified = found.gate.verify(inbound);
    if (verified.outcome === 'handshake') return reply.type(TEXT).send(verified.answer);
    const { tenantId, row } = found.open;
    if (verified.outcome === 'refused') {
      this.rejections.count(tenantId, row.id, verified.reason);
      return reply.code(403).type(TEXT).send(verified.reason);
    }
    await this.intake.store(tenantId, { channelId: row.id, dedupKey: verified.dedupKey, payload: verified.payload });
    const { contentType, body } = found.gate.ack();
    return reply.type(contentType).send(body);
  }

  /** An account that no merchant has here (any more): WeChat must not tell its customers that the service is down. A stranger gets nothing. */
  private forNobody(inbound: InboundRequest, reply: FastifyReply): FastifyReply {
    return typeof this.pushes.open(inbound) === 'string' ? reply.code(404).type(TEXT).send('no such account') : reply.type(TEXT).send('success');
  }
}
