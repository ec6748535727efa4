// Which ways into the shop each kind of account can make.
import type { EntryWay } from '../../api/generated/graphql.ts';

const WAYS: Record<string, EntryWay[]> = {
  wechat_mini_program: ['mini_program_code', 'url_link', 'url_scheme', 'short_link'],
  wechat_official_account: ['permanent_scene_code', 'scene_code'],
};

/** Empty for an account that makes none. */
export const waysOf = (platform: string): EntryWay[] => WAYS[platform] ?? [];

/** Scene codes open the account's own address: they are drawn, the others are copied. */
export const isDrawn = (way: EntryWay): boolean => way === 'scene_code' || way === 'permanent_scene_code';
