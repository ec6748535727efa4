// Ways into an account from outside, made at the platform: QR codes and links that carry a word of ours.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { invalid } from '../../core/errors/app-error.js';
import type { Refusal } from '../../core/graphql/refusal.js';
import type { PlatformResult } from './adapter.js';
import { LINK_DAYS, isScene } from './adapters/wechat-mini-program/entry-addresses.client.js';
import { miniProgramOf } from './adapters/wechat-mini-program/wechat.adapter.js';
import { officialOf } from './adapters/wechat-official-account/official.adapter.js';
import { PlatformCalls, refusedBy } from './platform-calls.service.js';

export const ENTRY_WAYS = ['scene_code', 'permanent_scene_code', 'mini_program_code', 'url_scheme', 'url_link', 'short_link'] as const;
export type EntryWay = (typeof ENTRY_WAYS)[number];

export interface EntryTarget {
  /** What a code tells us when it is scanned; also the query of a link. 1 to 32 characters. */
  scene: string;
  /** Page of the mini program, without a leading slash. */
  page: string;
  title: string;
}

export interface EntryAddressMade {
  /** What to open, or to draw as a QR code; '' when the picture is all there is. */
  address: string;
  picture?: Buffer;
  expiresAt?: Date;
}

const CODE_WIDTH = 430;

@Injectable()
export class EntryWays {
  constructor(private readonly calls: PlatformCalls, private readonly clock: Clock) {}

  /** Refused: platform_refused. @throws NOT_FOUND; INVALID when this account has no such way; bug inside a write. */
  make(channelId: string, way: EntryWay, target: EntryTarget): Promise<EntryAddressMade | Refusal> {
    if (!isScene(target.scene)) throw invalid('scene', 'bad_format', 'The word of a code has 1 to 32 letters, digits or marks.');
    return way === 'scene_code' || way === 'permanent_scene_code' ? this.sceneCode(channelId, way === 'permanent_scene_code', target) : this.intoMiniProgram(channelId, way, target);
  }

  private async sceneCode(channelId: string, isPermanent: boolean, { scene }: EntryTarget): Promise<EntryAddressMade | Refusal> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const made = await this.calls.ask(channel, (token) => account.codes.create(scene, isPermanent, token));
    if (!made.ok) return refusedBy(made);
    const { url, expiresInSeconds } = made.value;
    return { address: url, ...(expiresInSeconds === undefined ? {} : { expiresAt: this.inSeconds(expiresInSeconds) }) };
  }

  private async intoMiniProgram(channelId: string, way: Exclude<EntryWay, 'scene_code' | 'permanent_scene_code'>, target: EntryTarget): Promise<EntryAddressMade | Refusal> {
    const { channel, account } = await this.calls.open(channelId, miniProgramOf);
    const page = { path: target.page, query: target.scene };
    if (way === 'mini_program_code') {
      const picture = await this.calls.ask(channel, (token) => account.addresses.code({ scene: target.scene, page: target.page, width: CODE_WIDTH }, token));
      return picture.ok ? { address: '', picture: picture.value } : refusedBy(picture);
    }
    const makers: Record<typeof way, (token: string) => Promise<PlatformResult<string>>> = {
      url_scheme: (token) => account.addresses.scheme(page, token),
      url_link: (token) => account.addresses.urlLink(page, token),
      short_link: (token) => account.addresses.shortLink(page, target.title, token),
    };
    const made = await this.calls.ask(channel, makers[way]);
    return made.ok ? { address: made.value, expiresAt: this.inSeconds(LINK_DAYS * 86_400) } : refusedBy(made);
  }

  private inSeconds(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}
