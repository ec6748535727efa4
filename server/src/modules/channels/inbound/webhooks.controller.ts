// The address the platform calls: /hooks/wechat/:channelId. It checks, stores, waits for the commit and answers; it never
// waits for the work.
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../../core/clock.js';
import { runAs } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { LOG, type Log } from '../../../core/log.js';
import type { CallbackRefusal, InboundRequest, Verified } from '../adapter.js';
import { ChannelAccess, type OpenChannel } from '../channel-access.service.js';
import { ChannelsRepository } from '../channels.repository.js';
import { WelcomeDesk } from '../wecom/welcome-desk.service.js';
import { InboundIntake } from './inbound-intake.service.js';
import { inboundOf, routeCallbacks, TEXT } from './callback-routes.controller.js';
import { RejectionCounter } from './rejection-counter.service.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

@Injectable()
export class WebhooksController implements OnModuleInit {
  // eslint-disable-next-line max-params -- wiring
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly access: ChannelAccess,
    private readonly intake: InboundIntake,
    private readonly rejections: RejectionCounter,
    private readonly channels: ChannelsRepository,
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly welcomes: WelcomeDesk,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): Promise<void> {
    return routeCallbacks(this.host, ['wechat', 'wecom'].map((platform) => ({ url: `/hooks/${platform}/:channelId`, handler: (request, reply) => this.handle(request, reply) })));
  }

  private async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { channelId = '' } = request.params as { channelId?: string };
    const channel = UUID.test(channelId) ? await this.access.forCallback(channelId) : undefined;
    if (channel === undefined) return reply.code(404).type(TEXT).send('no such channel');
    const inbound = inboundOf(request);
    const [open, verified] = await this.verify(channel, inbound);
    switch (verified.outcome) {
      case 'refused':
        return this.refuse(open, verified.reason, reply);
      case 'handshake':
        await this.noteHandshake(open);
        return reply.type(TEXT).send(verified.answer);
      case 'event': {
        const receivedAt = this.clock.now();
        const stored = await this.intake.store(open.tenantId, { channelId: open.row.id, dedupKey: verified.dedupKey, payload: verified.payload });
        if (stored === 'stored') this.welcomes.hurry(open, verified.payload, receivedAt);
        const { contentType, body } = open.adapter.ack();
        return reply.type(contentType).send(body);
      }
    }
  }

  /** A refusal may come from a copy of the channel that is a few seconds old: then look again before saying no. */
  private async verify(channel: OpenChannel, inbound: InboundRequest): Promise<[OpenChannel, Verified]> {
    const verified = channel.adapter.verify(inbound);
    if (verified.outcome !== 'refused' || verified.reason === 'stale' || !this.access.isStale(channel.row.id)) return [channel, verified];
    this.access.forget(channel.row.id);
    const again = (await this.access.forCallback(channel.row.id)) ?? channel;
    return [again, again.adapter.verify(inbound)];
  }

  private refuse(open: OpenChannel, reason: CallbackRefusal, reply: FastifyReply): FastifyReply {
    this.rejections.count(open.tenantId, open.row.id, reason);
    return reply.code(403).type(TEXT).send(reason);
  }

  private async noteHandshake(open: OpenChannel): Promise<void> {
    this.log.info({ channelId: open.row.id, tenantId: open.tenantId }, 'the platform verified the callback address');
    await runAs({ tenantId: open.tenantId, actor: { kind: 'system', name: 'callback' }, requestId: '-' }, () =>
      this.db.write(() => this.channels.noteCallback(open.row.id, this.clock.now())));
  }
}
