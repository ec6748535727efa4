import type { FastifyInstance } from 'fastify';
import { randomText } from '../../ids.ts';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { addWecomRoute, type WecomCall } from './call.ts';
import { seconds } from './fields.ts';

const TYPES = ['image', 'voice', 'video', 'file'];

/** Material. Only that it was uploaded is kept, not the bytes. */
export function addMediaRoutes(server: FastifyInstance, world: World): void {
  const base = { method: 'POST', auth: 'token' } as const;
  addWecomRoute(server, world, { ...base, path: '/cgi-bin/media/upload', servedAt: '/wecom/cgi-bin/media/upload', handle: (call: WecomCall) => upload(call, 'type') });
  addWecomRoute(server, world, { ...base, path: '/cgi-bin/media/uploadimg', servedAt: '/wecom/cgi-bin/media/uploadimg', handle: uploadImage });
  addWecomRoute(server, world, { ...base, path: '/cgi-bin/media/upload_attachment', handle: (call: WecomCall) => upload(call, 'media_type') });
}

function isFile(body: Record<string, unknown>): boolean {
  const bytes = body['multipart'];
  return bytes instanceof Buffer && bytes.includes('filename=');
}

function upload({ corp, query, body, now }: WecomCall, field: string): object {
  const type = query[field] ?? '';
  if (!TYPES.includes(type)) return refuse(40004);
  if (!isFile(body)) return refuse(44001);
  const media_id = `3${randomText(60)}`;
  corp.data.media.set(media_id, now);
  return ok({ type, media_id, created_at: field === 'type' ? String(seconds(now)) : seconds(now) });
}

function uploadImage({ corp, body, base }: WecomCall): object {
  if (!isFile(body)) return refuse(44001);
  const url = `${base}/sim/wecom/image/${randomText(24)}`;
  corp.data.uploadedImages.push(url);
  return ok({ url });
}
