import { describe, expect, it } from 'vitest';
import { isLaunchScene, isPersonScene, launchSources, sourceOfScene } from './launch-scene.js';
import { visitSource } from './entry-link.js';

describe('launch scenes', () => {
  it.each([[1177, 'channels_video'], [1053, 'wechat_search'], [1107, 'wechat_message'], [1194, 'external_link'], [1047, 'wechat_code'], [1192, 'wecom'], [4711, 'scene_4711']])('%i is %s', (scene, source) =>
    expect(sourceOfScene(scene)).toBe(source));
  it('are no person for machines', () => expect([1129, 1030, 1101, 1203, 1001].map(isPersonScene)).toEqual([false, false, false, false, true]));
  it('are numbers of four digits', () => expect([999, 1001, 1001.5, 10_000].map(isLaunchScene)).toEqual([false, true, false, false]));
  it('give sources that a link could have too', () => {
    for (const source of launchSources()) expect(source).toMatch(/^[a-z][a-z0-9_]{1,39}$/u);
  });
  it('yield to what we know better: the link, then the message', () => {
    expect(visitSource({ source: 'shop_qr' }, true, 1177)).toBe('shop_qr');
    expect(visitSource(undefined, true, 1177)).toBe('recall_message');
    expect(visitSource(undefined, false, 1177)).toBe('channels_video');
    expect(visitSource(undefined, false, undefined)).toBe('direct');
  });
});
